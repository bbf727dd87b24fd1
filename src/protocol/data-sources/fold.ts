import { isObject } from "../validation.ts";

/** Parts of the parameters whose names are folded too. A filter is never touched. */
const NESTED = new Set(["authentication", "embedding_dependency", "fields_mapping"]);

/** `topNDocuments` → `top_n_documents`, `AzureMLIndex` → `azure_ml_index`. */
export function toSnakeCase(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/gu, "$1_$2")
    .replaceAll("-", "_")
    .toLowerCase();
}

/** `embedding_dependency.authentication` is the deepest part there is; hostile requests nest without end. */
const DEEPEST_PART = 2;

/** Without nulls and empty strings, which count as absent everywhere on this wire, also in its nested parts. */
export function withoutBlanks(
  values: Record<string, unknown>,
  depth = DEEPEST_PART,
): Record<string, unknown> {
  const kept = Object.entries(values).flatMap(([name, value]) => {
    if (value === null || value === "") return [];
    const isPart = depth > 0 && NESTED.has(toSnakeCase(name)) && isObject(value);
    return [[name, isPart ? withoutBlanks(value, depth - 1) : value] as const];
  });
  return Object.fromEntries(kept);
}

/** Parameters in the spelling of today: old names, old ways of giving a key or an embedding. What was changed is reported. */
export function foldParameters(
  values: Record<string, unknown>,
  warnings: string[],
): Record<string, unknown> {
  const named = foldNames(values, { warnings, depth: DEEPEST_PART });
  foldValue(named, "query_type", warnings);
  return foldKeys(foldEmbedding(named, warnings), warnings);
}

function foldNames(
  values: Record<string, unknown>,
  { warnings, depth }: { warnings: string[]; depth: number },
): Record<string, unknown> {
  const taken = new Set(Object.keys(values));
  const folded = Object.entries(values).map(([key, value]): [string, unknown] => {
    const name = toSnakeCase(key);
    // Given in two spellings, neither is taken for the other: one of two filters would be lost.
    if (name !== key && taken.has(name)) return [key, value];
    taken.add(name);
    if (name !== key) warnings.push(`'${key}' read as '${name}'`);
    if (depth === 0 || !NESTED.has(name) || !isObject(value)) return [name, value];
    const part = foldNames(value, { warnings, depth: depth - 1 });
    foldValue(part, "type", warnings);
    return [name, foldKeyName(part, warnings)];
  });
  return Object.fromEntries(folded);
}

/** `vectorSimpleHybrid` → `vector_simple_hybrid`, `ApiKey` → `api_key`. */
function foldValue(part: Record<string, unknown>, name: string, warnings: string[]): void {
  const value = part[name];
  if (typeof value !== "string") return;
  const folded = toSnakeCase(value);
  if (folded === value) return;
  part[name] = folded;
  warnings.push(`${name} '${value.slice(0, 50)}' read as '${folded.slice(0, 50)}'`);
}

/** The sample application's `api_key` for `key`. */
function foldKeyName(part: Record<string, unknown>, warnings: string[]): Record<string, unknown> {
  const { api_key: key, ...rest } = part;
  if (part["type"] !== "api_key" || key === undefined || rest["key"] !== undefined) return part;
  warnings.push("'api_key' read as 'key'");
  return { ...rest, key };
}

/** Before `authentication` there were bare keys and connection strings. */
function foldKeys(values: Record<string, unknown>, warnings: string[]): Record<string, unknown> {
  if (values["authentication"] !== undefined) return values;
  for (const [name, type] of [
    ["key", "api_key"],
    ["connection_string", "connection_string"],
    ["encoded_api_key", "encoded_api_key"],
  ] as const) {
    const { [name]: secret, ...rest } = values;
    if (secret === undefined) continue;
    warnings.push(`'${name}' read as 'authentication' of type '${type}'`);
    return { ...rest, authentication: { type, [name]: secret } };
  }
  return values;
}

/** Before `embedding_dependency` there were three parameters. */
function foldEmbedding(
  values: Record<string, unknown>,
  warnings: string[],
): Record<string, unknown> {
  const {
    embedding_deployment_name: deployment,
    embedding_endpoint: url,
    embedding_key: key,
    ...rest
  } = values;
  if (deployment === undefined && url === undefined) return values;
  if (rest["embedding_dependency"] !== undefined) return rest;
  warnings.push("old embedding parameters read as 'embedding_dependency'");
  const embedding =
    deployment === undefined
      ? {
          type: "endpoint",
          endpoint: url,
          ...(key === undefined ? {} : { authentication: { type: "api_key", key } }),
        }
      : { type: "deployment_name", deployment_name: deployment };
  return { ...rest, embedding_dependency: embedding };
}
