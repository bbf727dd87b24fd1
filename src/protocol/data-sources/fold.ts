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

/** Without nulls and empty strings, which count as absent everywhere on this wire, also in its nested parts. */
export function withoutBlanks(values: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(values).flatMap(([name, value]) => {
    if (value === null || value === "") return [];
    const isPart = NESTED.has(toSnakeCase(name)) && isObject(value);
    return [[name, isPart ? withoutBlanks(value) : value] as const];
  });
  return Object.fromEntries(kept);
}

/** Parameters in the spelling of today: old names, old ways of giving a key or an embedding. What was changed is reported. */
export function foldParameters(
  values: Record<string, unknown>,
  warnings: string[],
): Record<string, unknown> {
  const named = foldNames(values, warnings);
  return foldKeys(foldEmbedding(named, warnings), warnings);
}

function foldNames(values: Record<string, unknown>, warnings: string[]): Record<string, unknown> {
  const folded = Object.entries(values).map(([key, value]): [string, unknown] => {
    const name = toSnakeCase(key);
    if (name !== key) warnings.push(`'${key}' read as '${name}'`);
    if (!NESTED.has(name) || !isObject(value)) return [name, value];
    return [name, foldType(foldNames(value, warnings))];
  });
  return Object.fromEntries(folded);
}

/** `ApiKey` → `api_key`, and the sample application's `api_key` for `key`. */
function foldType(part: Record<string, unknown>): Record<string, unknown> {
  const { type, ...rest } = part;
  if (typeof type !== "string") return part;
  const { api_key: apiKey, ...others } = rest;
  const key = apiKey !== undefined && rest["key"] === undefined ? { key: apiKey } : {};
  return {
    type: toSnakeCase(type),
    ...(Object.keys(key).length > 0 ? { ...others, ...key } : rest),
  };
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
