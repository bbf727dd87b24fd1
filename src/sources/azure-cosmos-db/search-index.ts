import type { Document } from "mongodb";

import type { MongoCall } from "../mongo/access.ts";
import { orNothing, take } from "../mongo/documents.ts";
import { projectionOf, SCORE_FIELD, toPassages } from "../mongo/fields.ts";
import type { Searching } from "../mongo/mongo-search.ts";
import { fuseRankings } from "../rank-fusion.ts";
import type { SourcePassage } from "../source.ts";
import { lengthOf, vectorRelevance } from "../vector-relevance.ts";
import type { VectorIndex } from "./discover-index.ts";

/** By vectors and, where there is a text index, by words: one list of both rankings. */
export async function searchIndex(
  call: MongoCall,
  searching: Searching<VectorIndex>,
): Promise<SourcePassage[]> {
  const { query, plan: index } = searching;
  const [byVector, byWords] = await Promise.all([
    searchVectors(call, searching),
    index.hasWords ? orNothing(searchWords(call, searching)) : null,
  ]);
  if (byWords === null) return byVector;
  return fuseRankings([byVector, byWords]).slice(0, query.limit);
}

interface Measure {
  /** More is better. */
  scoreOf: (given: number) => number;
  relevanceOf: (given: number, queryLength: number) => number | null;
}

/** The engine's score is the measure itself: a cosine, a product, or a distance, of which the lowest is the best. */
const MEASURES: Record<VectorIndex["similarity"], Measure> = {
  COS: {
    scoreOf: (cosine) => cosine,
    relevanceOf: (cosine, length) => vectorRelevance(cosine, "cosine", length),
  },
  IP: {
    scoreOf: (product) => product,
    relevanceOf: (product, length) => vectorRelevance(product, "dot_product", length),
  },
  L2: {
    scoreOf: (distance) => 1 / (1 + distance),
    relevanceOf: (distance, length) => vectorRelevance(distance ** 2, "squared_distance", length),
  },
};

async function searchVectors(
  { collection, options }: MongoCall,
  { query: { limit }, plan: index, vector, mapping }: Searching<VectorIndex>,
): Promise<SourcePassage[]> {
  const { path, similarity } = index;
  const cosmosSearch = { vector: [...vector], path, k: limit, ...widthOf(index, limit) };
  const pipeline = [
    { $search: { cosmosSearch, returnStoredSource: true } },
    { $project: projectionOf(mapping, "searchScore") },
  ];
  const cursor = collection.aggregate(pipeline, { ...options, batchSize: limit });
  const { scoreOf, relevanceOf } = MEASURES[similarity];
  const length = lengthOf(vector);
  return toPassages(await take(cursor, limit), {
    mapping,
    scoreOf,
    relevanceOf: (score) => relevanceOf(score, length),
  });
}

const LEAST_WIDTH = 100;
const MOST_WIDTH = 1_000;

/** A graph is walked with a list of candidates, 40 unless the query says, and nothing beyond that list is ever found. */
function widthOf({ kind }: VectorIndex, limit: number): Document {
  const width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, 2 * limit));
  switch (kind) {
    case "vector-hnsw":
      return { efSearch: width };
    case "vector-diskann":
      return { lSearch: width };
    default:
      return {};
  }
}

/** Null when there is nothing to look for. */
async function searchWords(
  { collection, options }: MongoCall,
  { query: { text, limit }, mapping }: Searching<VectorIndex>,
): Promise<SourcePassage[] | null> {
  const $search = withoutOperators(text);
  if ($search === "") return null;
  const cursor = collection.find(
    { $text: { $search } },
    {
      ...options,
      projection: projectionOf(mapping, "textScore"),
      sort: { [SCORE_FIELD]: { $meta: "textScore" } },
      limit,
      batchSize: limit,
    },
  );
  return toPassages(await take(cursor, limit), { mapping, relevanceOf: () => null });
}

const LONGEST_SEARCH = 1_000;

/** In a search of words quotation marks demand a phrase, and a dash forbids a word. */
function withoutOperators(text: string): string {
  return text
    .slice(0, LONGEST_SEARCH)
    .replaceAll('"', " ")
    .replaceAll(/(?<=^|\s)-+/gu, "")
    .trim();
}
