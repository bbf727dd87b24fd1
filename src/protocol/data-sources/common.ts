import { z } from "zod";

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

/** Numbers and switches arrive as text from configuration that was text. */
export const integer = z.preprocess(
  (value) => (typeof value === "string" && /^-?\d{1,9}$/.test(value) ? Number(value) : value),
  z.int(),
);

const boolean = z.preprocess(
  (value) => (value === "true" ? true : value === "false" ? false : value),
  z.boolean(),
);

export const commonShape = {
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

/** The common parameters when a request names its stores by hosted tools only. */
export function defaultCommonParameters(): CommonParameters {
  return toCommon(z.object(commonShape).parse({}));
}

export function toCommon(wire: z.output<z.ZodObject<typeof commonShape>>): CommonParameters {
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
