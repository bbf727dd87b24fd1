import type { ReadFields } from "./choose-fields.ts";
import type { Field } from "./index-fields.ts";

/** Most hits one search may ask for. */
export const MOST_HITS = 10_000;
/** Candidates of each shard per wanted neighbour, and at least: approximate search misses less among more. */
const CANDIDATES_PER_HIT = 5;
const LEAST_CANDIDATES = 100;
/** After it the server stops and answers with what it has: before this server stops listening. */
const TIMEOUT = "15s";
/** Nested objects of one document that become passages of their own. */
const PASSAGES_PER_DOCUMENT = 3;
/** How much the fields beside the best one count. */
const TIE_BREAKER = 0.3;

export interface SearchOptions {
  read: ReadFields;
  limit: number;
}

/** A search by words (BM25) in these fields, those of nested objects by themselves. */
export function wordsBody(
  text: string,
  fields: Field[],
  { read, limit, titleFields }: SearchOptions & { titleFields: Field[] },
): unknown {
  const clauses = [...groupByNested(fields)].flatMap(([nested, group]) => {
    // A title among the fields of the document says which one is meant, not which part of it.
    const searched = nested === null ? [...group, ...titleFields] : group;
    return clausesOf(text, searched).map((clause) =>
      nested === null ? clause : nestedClause(clause, { nested, read }),
    );
  });
  const [only] = clauses;
  const query = clauses.length === 1 ? only : { bool: { should: clauses } };
  return { ...common({ read, limit, nested: nestedPaths(fields) }), query };
}

function clausesOf(text: string, fields: Field[]): unknown[] {
  const embedded = fields.filter(({ type }) => type === "semantic_text");
  const words = fields.filter(({ type }) => type !== "semantic_text").map(({ path }) => path);
  return [
    ...(words.length === 0 ? [] : [multiMatch(text, words)]),
    ...embedded.map(({ path }) => ({ semantic: { field: path, query: text } })),
  ];
}

function multiMatch(query: string, fields: string[]): unknown {
  // Lenient: behind one name a field may be text here and a number there.
  return {
    multi_match: { query, fields, type: "best_fields", tie_breaker: TIE_BREAKER, lenient: true },
  };
}

/** What is compared with a field of vectors. */
export interface VectorQuery {
  text: string;
  /** The text as an embedding model outside of the server sees it; null: the server embeds. */
  vector: Float32Array | null;
  /** Which of the server's own models embeds; null: none, or the one that the field names itself. */
  modelId: string | null;
}

/** A search by the vectors of one field. */
export function vectorBody(
  field: Field,
  query: VectorQuery,
  { read, limit }: SearchOptions,
): unknown {
  const nested = field.nested === null ? [] : [field.nested];
  const shared = common({ read, limit, nested });
  if (field.type === "dense_vector") {
    return { ...shared, knn: knnClause(field, query, { read, limit }) };
  }
  const clause = embeddedClause(field, query);
  return {
    ...shared,
    query: field.nested === null ? clause : nestedClause(clause, { nested: field.nested, read }),
  };
}

function knnClause(
  field: Field,
  { text, vector, modelId }: VectorQuery,
  { read, limit }: SearchOptions,
): unknown {
  const k = Math.min(limit, MOST_HITS);
  const candidates = Math.max(LEAST_CANDIDATES, k * CANDIDATES_PER_HIT);
  return {
    field: field.path,
    ...(vector === null
      ? { query_vector_builder: { text_embedding: { model_id: modelId, model_text: text } } }
      : { query_vector: [...vector] }),
    k,
    num_candidates: Math.min(MOST_HITS, candidates),
    ...(field.nested === null ? {} : { inner_hits: innerHits(field.nested, read) }),
  };
}

/** For fields whose vectors are the server's own affair: a field that knows its model, or weighted words. */
function embeddedClause({ type, path }: Field, { text, modelId }: VectorQuery): unknown {
  switch (type) {
    case "semantic_text":
      return { semantic: { field: path, query: text } };
    // What weighted words were before 8.11.
    case "rank_features":
      return { text_expansion: { [path]: { model_id: modelId, model_text: text } } };
    default:
      return { sparse_vector: { field: path, inference_id: modelId, query: text } };
  }
}

function nestedClause(
  query: unknown,
  { nested, read }: { nested: string; read: ReadFields },
): unknown {
  return {
    nested: { path: nested, query, score_mode: "max", inner_hits: innerHits(nested, read) },
  };
}

function innerHits(nested: string, read: ReadFields): unknown {
  const includes = sourcePaths(read).filter((path) => path.startsWith(`${nested}.`));
  return { size: PASSAGES_PER_DOCUMENT, _source: includes.length === 0 ? false : { includes } };
}

function common({
  read,
  limit,
  nested,
}: SearchOptions & { nested: string[] }): Record<string, unknown> {
  // Parts of nested objects come with those that match.
  const isMatched = (path: string): boolean => nested.some((list) => path.startsWith(`${list}.`));
  const includes = sourcePaths(read).filter((path) => !isMatched(path));
  return {
    size: Math.min(limit, MOST_HITS),
    timeout: TIMEOUT,
    track_total_hits: false,
    // Never the vectors, which are the greater part of a document. Before 8.18 `semantic_text` kept its own within the text.
    _source:
      includes.length === 0
        ? false
        : { includes, excludes: read.content.map((path) => `${path}.inference`) },
  };
}

function sourcePaths({ content, title, url, filepath, chunkId }: ReadFields): string[] {
  return [...new Set([...content, title, url, filepath, chunkId].filter((path) => path !== null))];
}

function groupByNested(fields: Field[]): Map<string | null, Field[]> {
  return Map.groupBy(fields, ({ nested }) => nested);
}

function nestedPaths(fields: Field[]): string[] {
  return [...groupByNested(fields).keys()].filter((path) => path !== null);
}
