import type { MongoCall } from "../mongo/access.ts";
import { orNothing, take } from "../mongo/documents.ts";
import { projectionOf, toPassages } from "../mongo/fields.ts";
import type { Searching } from "../mongo/mongo-search.ts";
import { fuseRankings } from "../rank-fusion.ts";
import type { SourcePassage } from "../source.ts";
import { lengthOf, vectorRelevance } from "../vector-relevance.ts";
import type { SearchPlan, Similarity, VectorPlan } from "./discover-indexes.ts";

/**
 * A ranking for every field of vectors and one for words, fused here, so that it is known how near a vector is, and on servers
 * before version 8, which have no `$rankFusion`.
 */
export async function searchIndexes(
  call: MongoCall,
  searching: Searching<SearchPlan>,
): Promise<SourcePassage[]> {
  const { query, plan } = searching;
  const { vectors, words } = plan;
  const byWords = words === null ? null : searchWords(call, { ...searching, words });
  if (vectors === null) return (await byWords) ?? [];
  const rankings = await Promise.all([
    ...vectors.fields.map((field) => searchVectors(call, { ...searching, vectors, field })),
    byWords && orNothing(byWords),
  ]);
  const given = rankings.filter((ranking) => ranking !== null);
  const [only = []] = given;
  return given.length < 2 ? only : fuseRankings(given).slice(0, query.limit);
}

/** Candidates that are compared exactly, per document wanted. */
const CANDIDATES = 20;
const LEAST_CANDIDATES = 100;
const MOST_CANDIDATES = 10_000;

interface VectorSearch extends Searching<SearchPlan> {
  vectors: VectorPlan;
  field: VectorPlan["fields"][number];
}

async function searchVectors(
  { collection, options }: MongoCall,
  { query: { limit }, vectors, vector, field: { path, similarity }, mapping }: VectorSearch,
): Promise<SourcePassage[]> {
  const numCandidates = Math.min(MOST_CANDIDATES, Math.max(LEAST_CANDIDATES, CANDIDATES * limit));
  const $vectorSearch = {
    index: vectors.index,
    path,
    queryVector: [...vector],
    numCandidates,
    limit,
  };
  const pipeline = [{ $vectorSearch }, { $project: projectionOf(mapping, "vectorSearchScore") }];
  const cursor = collection.aggregate(pipeline, { ...options, batchSize: limit });
  const length = lengthOf(vector);
  return toPassages(await take(cursor, limit), {
    mapping,
    relevanceOf: (score) => RELEVANCES[similarity](score, length),
  });
}

/** Atlas answers in the forms of Lucene: (1 + cosine) / 2, (1 + product) / 2, 1 / (1 + distance²). */
const RELEVANCES: Record<Similarity, (score: number, queryLength: number) => number | null> = {
  cosine: (score, length) => vectorRelevance(2 * score - 1, "cosine", length),
  dotProduct: (score, length) => vectorRelevance(2 * score - 1, "dot_product", length),
  euclidean: (score, length) =>
    score <= 0 ? 0 : vectorRelevance(1 / score - 1, "squared_distance", length),
};

const LONGEST_SEARCH = 1_000;

async function searchWords(
  { collection, options }: MongoCall,
  { query: { text, limit }, words, mapping }: Searching<SearchPlan> & { words: string },
): Promise<SourcePassage[]> {
  const wanted = { query: text.slice(0, LONGEST_SEARCH), path: mapping.contentFields };
  const pipeline = [
    { $search: { index: words, text: wanted } },
    { $limit: limit },
    { $project: projectionOf(mapping, "searchScore") },
  ];
  const cursor = collection.aggregate(pipeline, { ...options, batchSize: limit });
  return toPassages(await take(cursor, limit), { mapping, relevanceOf: () => null });
}
