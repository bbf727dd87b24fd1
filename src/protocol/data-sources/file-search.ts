import { z } from "zod";
import { attributeFilterSchema } from "../attribute-filter.ts";
import { allOf, type Filter } from "../filters.ts";
import { odataFilterSchema } from "../odata/schema.ts";
import { integer } from "./common.ts";

/** One or several vector stores of this server. */
export interface FileSearchSource {
  type: "file_search";
  vectorStoreIds: string[];
  maxNumResults: number | null;
  /** 0…1; passages scored lower are not used. */
  scoreThreshold: number;
  filter: Filter | null;
}

/** `vs_…`; the message is the one clients look for. */
export const vectorStoreIdSchema = z.string().regex(/^vs_[A-Za-z0-9]+$/, {
  error: (issue) =>
    `Invalid id: '${String(issue.input).slice(0, 100)}'. Expected an ID that begins with 'vs'`,
});

export const rankingOptionsSchema = z.looseObject({
  score_threshold: z.number().min(0).max(1).nullish(),
});

export const fileSearchShape = {
  vector_store_id: vectorStoreIdSchema.optional(),
  vector_store_ids: z.array(vectorStoreIdSchema).max(100).optional(),
  max_num_results: integer.pipe(z.int().min(1).max(50)).optional(),
  ranking_options: rankingOptionsSchema.optional(),
  filters: attributeFilterSchema.optional(),
  /** OData over the same attributes; with both, both must hold. */
  filter: odataFilterSchema.optional(),
};

export function toFileSearch(
  wire: z.output<z.ZodObject<typeof fileSearchShape>>,
): FileSearchSource {
  const { vector_store_id: one, vector_store_ids: several = [] } = wire;
  return {
    type: "file_search",
    vectorStoreIds: [...new Set([...(one === undefined ? [] : [one]), ...several])],
    maxNumResults: wire.max_num_results ?? null,
    scoreThreshold: wire.ranking_options?.score_threshold ?? 0,
    filter: allOf<Filter>([wire.filters ?? null, wire.filter ?? null]),
  };
}
