import { type ApiVersion } from "../api-versions.ts";
import { parameterNames } from "../data-sources/parse.ts";
import { isObject, type Problem } from "../validation.ts";

/** UNVERIFIED, as are the tags below: the words of the service's validator (pydantic 2) for such a case. */
const TOO_MANY = "List should have at most 1 item after validation, not ";

const EXTRA = "Extra inputs are not permitted";

/** Common parameters that came or went with a version. */
const CHANGING = new Set([
  "role_information",
  "max_search_queries",
  "allow_partial_result",
  "include_contexts",
]);

/** Parameters that the service never had. */
const OUR_OWN = new Set(["api_version", "namespace", "sparse_model"]);

const MAPPING = [
  "content_fields",
  "content_fields_separator",
  "title_field",
  "url_field",
  "filepath_field",
];

const AUTHENTICATION_FIELDS: Record<string, readonly string[]> = {
  api_key: ["key"],
  connection_string: ["connection_string"],
  key_and_key_id: ["key", "key_id"],
  encoded_api_key: ["encoded_api_key"],
  access_token: ["access_token"],
  system_assigned_managed_identity: [],
  user_assigned_managed_identity: ["managed_identity_resource_id"],
  username_and_password: ["username", "password"],
};

const EMBEDDING_FIELDS: Record<string, readonly string[]> = {
  deployment_name: ["deployment_name", "dimensions"],
  endpoint: ["endpoint", "authentication", "dimensions"],
  integrated: [],
  model_id: ["model_id"],
};

/**
 * What the service's closed schemas of this version would refuse of `data_sources` and the tolerant reader lets through:
 * old names, stray fields, types and fields of other versions, more than one source. What is left may still be wrong.
 */
export function dataSourceProblems(values: unknown, version: ApiVersion): Problem[] {
  if (!Array.isArray(values)) return [];
  const sources: unknown[] = values;
  if (sources.length > 1) {
    return [problem(["data_sources"], `${TOO_MANY}${sources.length}`)];
  }
  return sources.flatMap((source, index) =>
    isObject(source) ? sourceProblems(source, { path: ["data_sources", index], version }) : [],
  );
}

interface Place {
  path: PropertyKey[];
  version: ApiVersion;
}

function sourceProblems(source: Record<string, unknown>, { path, version }: Place): Problem[] {
  const { type, parameters } = source;
  if (typeof type !== "string") return [];
  if (!version.dataSources.includes(type)) return [unknownTag(path, type, version.dataSources)];
  const here = [...path, type];
  const strays = extras(source, { path: here, known: ["type", "parameters"] });
  if (!isObject(parameters)) return strays;
  const place = { path: [...here, "parameters"], version };
  const known = parameterNames(type).filter(
    (name) => !OUR_OWN.has(name) && (!CHANGING.has(name) || version.parameters.includes(name)),
  );
  const part = (name: string): unknown => (known.includes(name) ? parameters[name] : undefined);
  return [
    ...mappingProblems(part("fields_mapping"), { ...place, type }),
    ...authenticationProblems(part("authentication"), place),
    ...embeddingProblems(part("embedding_dependency"), { ...place, type }),
    ...queryTypeProblems(part("query_type"), { ...place, type }),
    ...extras(parameters, { path: place.path, known }),
    ...strays,
  ];
}

function mappingProblems(value: unknown, { path, version, type }: Place & { type: string }) {
  if (!isObject(value)) return [];
  const known = [
    ...MAPPING,
    ...(type === "pinecone" ? [] : ["vector_fields"]),
    ...(type === "azure_search" && version.takesPreviewFields ? ["image_vector_fields"] : []),
  ];
  return extras(value, { path: [...path, "fields_mapping"], known });
}

function authenticationProblems(value: unknown, { path, version }: Place): Problem[] {
  if (!isObject(value) || typeof value["type"] !== "string") return [];
  const here = [...path, "authentication"];
  const { type } = value;
  const names = Object.keys(AUTHENTICATION_FIELDS).filter(
    (name) => name !== "access_token" || version.takesPreviewFields,
  );
  if (!names.includes(type)) return [unknownTag(here, type, names)];
  return extras(value, { path: here, known: ["type", ...(AUTHENTICATION_FIELDS[type] ?? [])] });
}

function embeddingProblems(
  value: unknown,
  { path, version, type: source }: Place & { type: string },
): Problem[] {
  if (!isObject(value) || typeof value["type"] !== "string") return [];
  const here = [...path, "embedding_dependency"];
  const { type } = value;
  const names = embeddingTypes(source, version);
  if (!names.includes(type)) return [unknownTag(here, type, names)];
  const known = (EMBEDDING_FIELDS[type] ?? []).filter(
    (name) => name !== "dimensions" || version.takesPreviewFields,
  );
  return [
    ...authenticationProblems(value["authentication"], { path: here, version }),
    ...extras(value, { path: here, known: ["type", ...known] }),
  ];
}

/** A query type of ours that the service did not have. */
function queryTypeProblems(value: unknown, { path, type }: Place & { type: string }): Problem[] {
  if (type !== "elasticsearch" || value !== "vector_simple_hybrid") return [];
  return [problem([...path, "query_type"], "Input should be 'simple' or 'vector'")];
}

function embeddingTypes(source: string, { embedsInIndex }: ApiVersion): string[] {
  if (source === "pinecone") return ["deployment_name"];
  return [
    "endpoint",
    "deployment_name",
    ...(source === "azure_search" && embedsInIndex ? ["integrated"] : []),
    ...(source === "elasticsearch" ? ["model_id"] : []),
  ];
}

/** Keys that are not known. */
export function extras(
  value: Record<string, unknown>,
  { path, known }: { path: PropertyKey[]; known: readonly string[] },
): Problem[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => problem([...path, name], EXTRA));
}

function unknownTag(path: PropertyKey[], given: string, names: readonly string[]): Problem {
  const expected = names.map((name) => `'${name}'`).join(", ");
  return problem(
    path,
    `Input tag '${given.slice(0, 100)}' found using 'type' does not match any of the expected tags: ${expected}`,
  );
}

function problem(path: PropertyKey[], text: string): Problem {
  return { path, text, missing: false };
}
