/** Types whose words are searched. A `keyword` finds whole values only. */
const TEXT_TYPES = ["text", "match_only_text", "search_as_you_type", "annotated_text"];

/** Types that a question's embedding is compared with, likeliest first. */
export const VECTOR_TYPES = ["dense_vector", "sparse_vector", "rank_features", "semantic_text"];

export function isText(type: string): boolean {
  return TEXT_TYPES.includes(type) || type === "semantic_text";
}

export function isVector(type: string): boolean {
  return VECTOR_TYPES.includes(type);
}

/** Of the types a field has in several indices the one that can be searched: by words, else by vectors. */
export function searchableType(types: readonly string[]): string | null {
  return types.find(isText) ?? types.find(isVector) ?? types[0] ?? null;
}
