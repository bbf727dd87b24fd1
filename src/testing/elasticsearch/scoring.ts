import type { Index, Unit } from "./documents.ts";
import { ShardFailure } from "./failures.ts";

const K1 = 1.2;
const B = 0.75;

/** As the standard analyzer cuts text of European languages. */
export function analyze(value: unknown): string[] {
  return (
    String(value)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu) ?? []
  );
}

/** BM25 as Elasticsearch scores one field, with the factor k1 + 1 that Lucene has dropped; null: no word of the query is there. */
export function bm25(
  index: Index,
  unit: Unit,
  { field, query }: { field: string; query: string },
): number | null {
  const mapped = index.fields.get(field);
  if (mapped === undefined) return null;
  if (mapped.type === "long") throw numberFormat(query);
  // A keyword is one term, whatever is in it.
  const cut = mapped.type === "keyword" ? (value: unknown) => [String(value)] : analyze;
  const tokensOf = (one: Unit): string[] => (one.values.get(mapped.source) ?? []).flatMap(cut);
  const holders = index.documents
    .flatMap(({ units }) => units)
    .filter((one) => one.values.has(mapped.source));
  const lengths = holders.map((one) => tokensOf(one).length);
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, holders.length);
  const tokens = tokensOf(unit);
  const scores = cut(query).flatMap((term) => {
    const frequency = tokens.filter((token) => token === term).length;
    if (frequency === 0) return [];
    const holding = holders.filter((one) => tokensOf(one).includes(term)).length;
    const idf = Math.log(1 + (holders.length - holding + 0.5) / (holding + 0.5));
    const norm = K1 * (1 - B + (B * tokens.length) / average);
    return [(idf * (K1 + 1) * frequency) / (frequency + norm)];
  });
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0);
}

function numberFormat(query: string): ShardFailure {
  return new ShardFailure("number_format_exception", `For input string: "${query}"`);
}

/** What a vector field scores, in the server's scale; null: the unit has none. */
export function vectorScore(
  index: Index,
  unit: Unit,
  { field, vector }: { field: string; vector: number[] },
): number | null {
  const mapped = index.fields.get(field);
  if (mapped === undefined) return null;
  if (mapped.type !== "dense_vector") {
    throw new ShardFailure(
      "illegal_argument_exception",
      "[knn] queries are only supported on [dense_vector] fields",
    );
  }
  const { dims, similarity, index: isIndexed } = mapped.definition;
  if (isIndexed === false) {
    throw new ShardFailure(
      "illegal_argument_exception",
      `to perform knn search on field [${field}], its mapping must have [index] set to [true]`,
    );
  }
  if (vector.length !== dims) {
    throw new ShardFailure(
      "illegal_argument_exception",
      `The query vector has a different number of dimensions [${vector.length}] than the document vectors [${dims}].`,
    );
  }
  const [stored] = (unit.values.get(field) ?? []) as number[][];
  if (stored === undefined) return null;
  const dot = stored.reduce((sum, value, at) => sum + value * (vector[at] ?? 0), 0);
  switch (similarity) {
    case "l2_norm":
      return 1 / (1 + stored.reduce((sum, value, at) => sum + (value - (vector[at] ?? 0)) ** 2, 0));
    case "dot_product":
      return (1 + dot) / 2;
    case "max_inner_product":
      return dot < 0 ? 1 / (1 - dot) : dot + 1;
    default:
      return (1 + dot / (Math.hypot(...stored) * Math.hypot(...vector))) / 2;
  }
}

/** What a field of weighted words scores; null: no word of the query is there. */
export function sparseScore(
  unit: Unit,
  { field, weights }: { field: string; weights: Record<string, number> },
): number | null {
  const [stored] = (unit.values.get(field) ?? []) as Record<string, number>[];
  const shared = Object.keys(weights).filter((word) => stored?.[word] !== undefined);
  if (shared.length === 0) return null;
  return shared.reduce((sum, word) => sum + (weights[word] ?? 0) * (stored?.[word] ?? 0), 0);
}
