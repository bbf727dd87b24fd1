import { filterSource, type Index, type StoredDocument, type Unit } from "./documents.ts";
import { ServerFailure, ShardFailure } from "./failures.ts";
import { bm25, sparseScore, vectorScore } from "./scoring.ts";

/** A model of the server's own: into numbers, or into weighted words. */
export type HostModel = (text: string) => number[] | Record<string, number>;

interface Scored {
  score: number;
  innerHits: Record<string, InnerHit[]>;
}

interface InnerHit {
  unit: Unit;
  score: number;
}

export interface SearchState {
  models: Record<string, HostModel>;
}

export interface Hit {
  index: Index;
  document: StoredDocument;
  score: number;
  innerHits: unknown;
}

/** The best of one index, as the body of a search asks for; a `ShardFailure` when this index cannot tell. */
export function searchIndex(index: Index, body: any, state: SearchState): Hit[] {
  const byDocument = new Map<StoredDocument, Scored>();
  const add = (document: StoredDocument, scored: Scored): void => {
    const known = byDocument.get(document);
    byDocument.set(document, {
      score: scored.score + (known?.score ?? 0),
      innerHits: { ...known?.innerHits, ...scored.innerHits },
    });
  };
  const query = body.query ?? (body.knn === undefined ? { match_all: {} } : null);
  for (const document of query === null ? [] : index.documents) {
    const scored = scoreDocument(query, document, { index, state });
    if (scored !== null) add(document, scored);
  }
  for (const knn of body.knn === undefined ? [] : [body.knn].flat()) {
    for (const { document, scored } of nearest(index, knn, state)) add(document, scored);
  }
  return [...byDocument]
    .map(([document, { score, innerHits }]) => ({
      index,
      document,
      score: Math.fround(score),
      innerHits: innerHitsOf(innerHits, { index, document, body }),
    }))
    .toSorted((left, right) => right.score - left.score);
}

interface Place {
  index: Index;
  state: SearchState;
}

function nearest(
  index: Index,
  knn: any,
  state: SearchState,
): { document: StoredDocument; scored: Scored }[] {
  const { field, k } = knn;
  const vector = queryVector(knn, state);
  const found = index.documents.flatMap((document) => {
    const hits = document.units.flatMap((unit) => {
      const score = vectorScore(index, unit, { field, vector });
      return score === null ? [] : [{ unit, score }];
    });
    const best = bestFirst(hits)[0];
    if (best === undefined) return [];
    const { nested } = best.unit;
    const innerHits = nested !== null && knn.inner_hits !== undefined ? { [nested]: hits } : {};
    return [{ document, scored: { score: best.score, innerHits } }];
  });
  return found.toSorted((left, right) => right.scored.score - left.scored.score).slice(0, k);
}

function queryVector(knn: any, state: SearchState): number[] {
  if (knn.query_vector !== undefined) return knn.query_vector;
  const { model_id: id, model_text: text } = knn.query_vector_builder.text_embedding;
  const vector = modelOf(id, state)(text);
  if (Array.isArray(vector)) return vector;
  throw new ServerFailure(
    400,
    "illegal_argument_exception",
    `[${id}] is not a text embedding model`,
  );
}

/** UNVERIFIED wording: the distribution that could be asked has no models. */
function modelOf(id: string, { models }: SearchState): HostModel {
  const model = models[id];
  if (model !== undefined) return model;
  throw new ServerFailure(
    404,
    "resource_not_found_exception",
    `[${id}] is not an inference service model or a deployed ml model`,
  );
}

function scoreDocument(query: any, document: StoredDocument, place: Place): Scored | null {
  const root = document.units[0];
  return root === undefined ? null : score(query, root, { ...place, document });
}

function score(query: any, unit: Unit, place: Place & { document: StoredDocument }): Scored | null {
  const [[type, body] = ["", {}]] = Object.entries<any>(query);
  const { index, state } = place;
  const plain = (value: number | null): Scored | null =>
    value === null ? null : { score: value, innerHits: {} };
  switch (type) {
    case "match_all":
      return plain(1);
    case "multi_match":
      return plain(multiMatch(body, unit, index));
    case "nested":
      return nestedScore(body, place);
    case "bool":
      return combined(body.should, unit, { ...place, tieBreaker: 1 });
    case "dis_max":
      return combined(body.queries, unit, { ...place, tieBreaker: body.tie_breaker ?? 0 });
    case "sparse_vector":
      return plain(
        sparseScore(unit, {
          field: body.field,
          weights: body.query_vector ?? wordsOf(body.inference_id, body.query, state),
        }),
      );
    case "text_expansion": {
      const [[field, { model_id: id, model_text: text }] = ["", {}]] = Object.entries<any>(body);
      return plain(sparseScore(unit, { field, weights: wordsOf(id, text, state) }));
    }
    case "semantic":
      return plain(semanticScore(body, unit, place));
    default:
      throw new ServerFailure(400, "parsing_exception", `unknown query [${type}]`, {
        line: 1,
        col: 22,
      });
  }
}

function wordsOf(id: string, text: string, state: SearchState): Record<string, number> {
  const words = modelOf(id, state)(text);
  if (!Array.isArray(words)) return words;
  throw new ServerFailure(
    400,
    "illegal_argument_exception",
    `[${id}] is not a sparse embedding model`,
  );
}

/** Each value of the field is embedded as it is asked for; a server has done so when it was stored. */
function semanticScore(body: any, unit: Unit, { index, state }: Place): number | null {
  const mapped = index.fields.get(body.field);
  if (mapped?.type !== "semantic_text") {
    throw new ShardFailure(
      "illegal_argument_exception",
      `Field [${body.field}] of type [${mapped?.type}] does not support semantic queries`,
    );
  }
  const model = modelOf(mapped.definition["inference_id"], state);
  const [wanted, stored] = [body.query, (unit.values.get(body.field) ?? []).join(" ")].map(model);
  if (!Array.isArray(wanted) || !Array.isArray(stored)) return null;
  const dot = wanted.reduce((sum, value, at) => sum + value * (stored[at] ?? 0), 0);
  return (1 + dot / (Math.hypot(...wanted) * Math.hypot(...stored) || 1)) / 2;
}

function multiMatch(body: any, unit: Unit, index: Index): number | null {
  const scores = body.fields.flatMap((field: string) => {
    try {
      return bm25(index, unit, { field, query: body.query }) ?? [];
    } catch (error) {
      if (body.lenient === true) return [];
      throw error;
    }
  });
  return best(scores, body.tie_breaker ?? 0);
}

function combined(
  queries: any[],
  unit: Unit,
  { tieBreaker, ...place }: Place & { document: StoredDocument; tieBreaker: number },
): Scored | null {
  const found = queries.map((one) => score(one, unit, place)).filter((one) => one !== null);
  const value = best(
    found.map((one) => one.score),
    tieBreaker,
  );
  if (value === null) return null;
  return { score: value, innerHits: Object.assign({}, ...found.map(({ innerHits }) => innerHits)) };
}

function best(scores: number[], tieBreaker: number): number | null {
  if (scores.length === 0) return null;
  const most = Math.max(...scores);
  return most + tieBreaker * (scores.reduce((sum, value) => sum + value, 0) - most);
}

function nestedScore(body: any, place: Place & { document: StoredDocument }): Scored | null {
  const hits = place.document.units
    .filter(({ nested }) => nested === body.path)
    .flatMap((unit) => {
      const found = score(body.query, unit, place);
      return found === null ? [] : [{ unit, score: found.score }];
    });
  const value = best(
    hits.map((hit) => hit.score),
    0,
  );
  if (value === null) return null;
  return { score: value, innerHits: body.inner_hits === undefined ? {} : { [body.path]: hits } };
}

function innerHitsOf(
  byPath: Record<string, InnerHit[]>,
  { index, document, body }: { index: Index; document: StoredDocument; body: any },
): unknown {
  const paths = Object.keys(byPath);
  if (paths.length === 0) return undefined;
  const wanted = findInnerHits(body);
  const entries = Object.entries(byPath).map(([path, hits]) => {
    const ordered = bestFirst(hits);
    const shown = ordered.slice(0, wanted.size ?? 3).map(({ unit, score: value }) => ({
      _index: index.name,
      _id: document.id,
      _nested: { field: path, offset: unit.offset },
      _score: Math.fround(value),
      // Patterns are of whole paths, what is shown is of the nested object.
      _source: filterSource({ [path]: unit.source }, wanted._source)[path] ?? {},
    }));
    const total = { value: hits.length, relation: "eq" };
    return [path, { hits: { total, max_score: shown[0]?._score ?? null, hits: shown } }];
  });
  return Object.fromEntries(entries);
}

/** The one request for inner hits there is in a body. */
function findInnerHits(value: any): any {
  if (typeof value !== "object" || value === null) return undefined;
  if (value.inner_hits !== undefined) return value.inner_hits;
  for (const inner of Object.values(value)) {
    const found = findInnerHits(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function bestFirst<Item extends { score: number }>(items: Item[]): Item[] {
  return items.toSorted((left, right) => right.score - left.score);
}
