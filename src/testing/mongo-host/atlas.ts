import { badValue, CommandError } from "./command-error.ts";
import type { Collection, SearchIndex } from "./data.ts";
import type { Engine } from "./engine.ts";
import { rankByWords } from "./lexical.ts";
import { matches, pathsOf } from "./match.ts";
import type { Row } from "./project.ts";
import { cosine, distance, dot, nearest, toNumbers } from "./vectors.ts";
import type { Document } from "./wire.ts";

/** MongoDB Atlas: a replica set with search indexes; what an index there is not finds is nothing. */
export const atlas: Engine = {
  hello: (address) => ({
    setName: "atlas-test-shard-0",
    setVersion: 1,
    hosts: [address],
    primary: address,
    me: address,
    secondary: false,
  }),
  authenticationFailed: () => new CommandError(8000, "bad auth : Authentication failed."),
  stages: {
    $vectorSearch: async (collection, specification) => vectorSearch(collection, specification),
    $search: search,
    $listSearchIndexes: async (collection, { name }) =>
      (collection?.searchIndexes ?? [])
        .filter((index) => name === undefined || index.name === name)
        .map((index) => ({ document: { ...index }, meta: {} })),
  },
  unknownStage: (name) => new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`),
  checkIndex() {},
};

/** As mongot fails: the server hands its words on. */
function searchFailed(words: string): CommandError {
  return new CommandError(8, `PlanExecutor error during aggregation :: caused by :: ${words}`);
}

/** Lucene's forms of the measures. */
const SCORES: Record<string, (stored: number[], vector: number[]) => number> = {
  cosine: (stored, vector) => (1 + cosine(stored, vector)) / 2,
  dotProduct: (stored, vector) => (1 + dot(stored, vector)) / 2,
  euclidean: (stored, vector) => 1 / (1 + distance(stored, vector) ** 2),
};

function vectorSearch(collection: Collection | null, specification: Document): Row[] {
  const { index: name, path, filter = {}, limit } = specification;
  checkNumbers(specification);
  const index = readable(collection, name);
  if (collection === null || index === null) return [];
  const fields: Document[] = index.latestDefinition["fields"] ?? [];
  const field = fields.find((one) => one["type"] === "vector" && one["path"] === path);
  if (field === undefined) throw searchFailed(`${path} is not indexed as vector`);
  const vector = toNumbers(specification["queryVector"]);
  if (vector === null) throw badValue('"queryVector" must be an array of numbers');
  const { numDimensions, similarity } = field;
  if (vector.length !== numDimensions) {
    throw searchFailed(
      `vector field is indexed with ${numDimensions} dimensions but queried with ${vector.length}`,
    );
  }
  for (const one of pathsOf(filter)) {
    if (fields.some(({ type, path: indexed }) => type === "filter" && indexed === one)) continue;
    throw searchFailed(`Path '${one}' needs to be indexed as filter`);
  }
  const score = SCORES[similarity] ?? cosine;
  const documents = collection.documents.filter((document) => matches(document, filter));
  return nearest(documents, { path, vector, rank: score, score, limit, meta: "vectorSearchScore" });
}

function checkNumbers({ limit, numCandidates, exact = false }: Document): void {
  if (!Number.isInteger(limit) || limit < 1) throw badValue('"limit" must be positive');
  if (exact && numCandidates !== undefined) {
    throw searchFailed('"numCandidates" must be omitted for exact search');
  }
  if (exact) return;
  if (!(numCandidates >= 1 && numCandidates <= 10_000)) {
    throw searchFailed('"numCandidates" must be within bounds (0, 10000]');
  }
  if (limit > numCandidates) {
    throw searchFailed('"limit" cannot be greater than "numCandidates"');
  }
}

async function search(collection: Collection | null, specification: Document): Promise<Row[]> {
  const { index: name = "default", text } = specification;
  const index = readable(collection, name);
  if (text === undefined) throw searchFailed("this test host knows the operator 'text' only");
  if (collection === null || index === null) return [];
  if (index.type !== "search") throw searchFailed(`index ${name} is not a search index`);
  return rankByWords(collection.documents, {
    query: text.query,
    paths: [text.path].flat(),
    meta: "searchScore",
  });
}

/** An index there is not, or not yet, is like an empty one. */
function readable(collection: Collection | null, name: string): SearchIndex | null {
  const index = collection?.searchIndexes.find((one) => one.name === name);
  return index?.queryable === true ? index : null;
}
