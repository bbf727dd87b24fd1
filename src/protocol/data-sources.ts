import { z } from "zod";
import { attributeFilterSchema } from "./attribute-filter.ts";
import type { AttributeFilter } from "./filters.ts";
import { GroundwireError } from "./errors.ts";
import { invalidDataSource, isObject, problemsOf } from "./validation.ts";

/** What every type of data source takes. Defaults are those of the service. */
export interface CommonParameters {
  /** Advice to the model to answer from the sources only. */
  inScope: boolean;
  /** 1 keeps nearly every passage, 5 only the most similar. */
  strictness: number;
  /** Passages that reach the model. */
  topNDocuments: number;
  roleInformation: string | null;
  /** Most rewritten queries per question; null: the server decides. */
  maxSearchQueries: number | null;
  /** False: one failed query fails the request. */
  allowPartialResult: boolean;
  includeContexts: ContextKey[];
}

export type ContextKey = "citations" | "intent" | "all_retrieved_documents";

/** One or several vector stores of this server. */
export interface FileSearchSource {
  type: "file_search";
  vectorStoreIds: string[];
  maxNumResults: number | null;
  /** 0…1; passages scored lower are not used. */
  scoreThreshold: number;
  filter: AttributeFilter | null;
}

export interface DataSource {
  common: CommonParameters;
  source: FileSearchSource;
}

export interface ParsedDataSources {
  sources: DataSource[];
  /** What was tolerated, for `x-groundwire-warnings`. */
  warnings: string[];
}

const NOT_YET = [
  "azure_search",
  "azure_cosmos_db",
  "elasticsearch",
  "pinecone",
  "azure_ml_index",
  "mongo_db",
  "named",
];

/** Names of the protocol before 2024-02-15, and what they are called since. */
const OLD_NAMES: Record<string, string> = {
  inScope: "in_scope",
  topNDocuments: "top_n_documents",
  roleInformation: "role_information",
  maxSearchQueries: "max_search_queries",
  allowPartialResult: "allow_partial_result",
  includeContexts: "include_contexts",
  vectorStoreId: "vector_store_id",
  vectorStoreIds: "vector_store_ids",
  maxNumResults: "max_num_results",
  rankingOptions: "ranking_options",
  queryType: "query_type",
  semanticConfiguration: "semantic_configuration",
  fieldsMapping: "fields_mapping",
};

/** Parameters of remote indexes that clients send with every type; they mean nothing to a vector store. */
const WITHOUT_MEANING = new Set([
  "query_type",
  "semantic_configuration",
  "fields_mapping",
  "embedding_dependency",
  "authentication",
]);

const integer = z.preprocess(
  (value) => (typeof value === "string" && /^-?\d{1,9}$/.test(value) ? Number(value) : value),
  z.int(),
);

const boolean = z.preprocess(
  (value) => (value === "true" ? true : value === "false" ? false : value),
  z.boolean(),
);

const commonShape = {
  in_scope: boolean.default(true),
  strictness: integer.pipe(z.int().min(1).max(5)).default(3),
  top_n_documents: integer.pipe(z.int().min(1).max(1000)).default(5),
  role_information: z.string().optional(),
  max_search_queries: integer.pipe(z.int().min(1)).optional(),
  allow_partial_result: boolean.default(false),
  include_contexts: z
    .array(z.enum(["citations", "intent", "all_retrieved_documents"]))
    .max(3)
    .default(["citations", "intent"]),
};

/** `vs_…`; the message is the one clients look for. */
export const vectorStoreIdSchema = z.string().regex(/^vs_[A-Za-z0-9]+$/, {
  error: (issue) =>
    `Invalid id: '${String(issue.input).slice(0, 100)}'. Expected an ID that begins with 'vs'`,
});

export const rankingOptionsSchema = z.looseObject({
  score_threshold: z.number().min(0).max(1).nullish(),
});

const fileSearchSchema = z.strictObject({
  ...commonShape,
  vector_store_id: vectorStoreIdSchema.optional(),
  vector_store_ids: z.array(vectorStoreIdSchema).max(100).optional(),
  max_num_results: integer.pipe(z.int().min(1).max(50)).optional(),
  ranking_options: rankingOptionsSchema.optional(),
  filters: attributeFilterSchema.optional(),
  // Fail closed: a filter that cannot be applied yet must never be ignored.
  filter: z
    .unknown()
    .refine((value) => value === undefined, {
      error:
        "OData filters are not supported yet by this build; give 'filters' (an attribute filter) instead",
    })
    .optional(),
});

const envelopeSchema = z.looseObject({ type: z.string(), parameters: z.unknown().optional() });

/** The common parameters when a request names its stores by hosted tools only. */
export function defaultCommonParameters(): CommonParameters {
  return toCommon(z.object(commonShape).parse({}));
}

/**
 * Reads `data_sources`.
 * @throws GroundwireError `data_source_invalid`, with every problem of every source in the words of the service.
 */
export function parseDataSources(values: unknown[]): ParsedDataSources {
  const warnings: string[] = [];
  const sources = values.map((value, index) => parseDataSource(value, { index, warnings }));
  return { sources, warnings };
}

function parseDataSource(
  value: unknown,
  context: { index: number; warnings: string[] },
): DataSource {
  const at = ["data_sources", context.index];
  const envelope = envelopeSchema.safeParse(value, { reportInput: true });
  if (!envelope.success) throw invalidDataSource(under(at, problemsOf(envelope.error)));
  const { type, parameters } = envelope.data;
  if (type !== "file_search") throw unsupportedType(type, at);
  const here = [...at, type, "parameters"];
  if (parameters !== undefined && parameters !== null && !isObject(parameters)) {
    throw invalidDataSource([
      { path: here, text: "Input should be a valid dictionary", missing: false },
    ]);
  }
  const folded = foldParameters(parameters ?? {}, context.warnings);
  const parsed = fileSearchSchema.safeParse(folded, { reportInput: true });
  if (!parsed.success) throw invalidDataSource(under(here, problemsOf(parsed.error)));
  const { vector_store_id: one, vector_store_ids: several = [] } = parsed.data;
  const vectorStoreIds = [...new Set([...(one === undefined ? [] : [one]), ...several])];
  if (vectorStoreIds.length === 0) {
    throw invalidDataSource([
      { path: [...here, "vector_store_id"], text: "Field required", missing: true },
    ]);
  }
  return {
    common: toCommon(parsed.data),
    source: {
      type,
      vectorStoreIds,
      maxNumResults: parsed.data.max_num_results ?? null,
      scoreThreshold: parsed.data.ranking_options?.score_threshold ?? 0,
      filter: parsed.data.filters ?? null,
    },
  };
}

/** Old names become new ones; null and "" count as absent; what has no meaning here is dropped. All but nulls is reported. */
function foldParameters(
  parameters: Record<string, unknown>,
  warnings: string[],
): Record<string, unknown> {
  const folded: [name: string, value: unknown][] = [];
  for (const [key, value] of Object.entries(parameters)) {
    if (value === null || value === "") continue;
    const name = Object.hasOwn(OLD_NAMES, key) ? (OLD_NAMES[key] ?? key) : key;
    if (name !== key) warnings.push(`'${key}' read as '${name}'`);
    if (WITHOUT_MEANING.has(name)) warnings.push(`'${name}' ignored for file_search`);
    else folded.push([name, value]);
  }
  return Object.fromEntries(folded);
}

function toCommon(wire: z.output<z.ZodObject<typeof commonShape>>): CommonParameters {
  return {
    inScope: wire.in_scope,
    strictness: wire.strictness,
    topNDocuments: wire.top_n_documents,
    roleInformation: wire.role_information ?? null,
    maxSearchQueries: wire.max_search_queries ?? null,
    allowPartialResult: wire.allow_partial_result,
    includeContexts: wire.include_contexts,
  };
}

function unsupportedType(type: string, at: PropertyKey[]): GroundwireError {
  const pointer = `#/${at.map(String).join("/")}/type`;
  const text = NOT_YET.includes(type)
    ? `Data source type '${type}' is not supported yet by this build; 'file_search' is`
    : `Input should be 'file_search'; '${type.slice(0, 100)}' is not a known type of data source`;
  return new GroundwireError("data_source_invalid", `Validation error at ${pointer}: ${text}`);
}

function under<T extends { path: PropertyKey[] }>(prefix: PropertyKey[], problems: T[]): T[] {
  return problems.map((problem) => ({ ...problem, path: [...prefix, ...problem.path] }));
}
