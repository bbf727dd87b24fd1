import { vectorRelevance } from "../vector-relevance.ts";
import type { Field } from "./index-fields.ts";

/**
 * What a score of a vector search means. Elasticsearch answers (1 + cosine) / 2, (1 + dot) / 2, 1 / (1 + distance²), and for
 * `max_inner_product` dot + 1, or 1 / (1 − dot) below 0. Null where scores have no scale: words, weighted words, bytes and bits,
 * and vectors of which nothing is known.
 * @param queryLength Length of the query's vector; null when the server made it.
 */
export function relevanceOf(
  score: number,
  { type, vectors }: Field,
  queryLength: number | null,
): number | null {
  const [options] = vectors;
  if (options === undefined || (type !== "dense_vector" && type !== "semantic_text")) return null;
  if (options.elementType !== "float" && options.elementType !== "bfloat16") return null;
  switch (options.similarity) {
    case "cosine":
      return vectorRelevance(2 * score - 1, "cosine", queryLength);
    case "dot_product":
      // Vectors of another length than 1 are refused when they are stored.
      return vectorRelevance(2 * score - 1, "cosine", queryLength);
    case "l2_norm":
      return score <= 0 ? 0 : vectorRelevance(1 / score - 1, "squared_distance", queryLength);
    case "max_inner_product":
      return vectorRelevance(score < 1 ? 1 - 1 / score : score - 1, "dot_product", queryLength);
    default:
      return null;
  }
}
