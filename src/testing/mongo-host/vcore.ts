import { badValue, CommandError } from "./command-error.ts";
import type { Collection } from "./data.ts";
import type { Engine } from "./engine.ts";
import { matches, pathsOf } from "./match.ts";
import type { Row } from "./project.ts";
import { cosine, distance, dot, nearest, toNumbers } from "./vectors.ts";
import type { Document } from "./wire.ts";

/** Azure Cosmos DB for MongoDB vCore: vectors by `$search` with `cosmosSearch`, whose score is the measure itself. */
export const vcore: Engine = {
  // A gateway that looks like a router of a sharded cluster.
  hello: () => ({ msg: "isdbgrid", maxWriteBatchSize: 25_000 }),
  authenticationFailed: () => new CommandError(18, "Authentication failed."),
  stages: { $search: async (collection, specification) => search(collection, specification) },
  unknownStage: (name) => new CommandError(40324, `Pipeline stage name not recognized: ${name}`),
  checkIndex(index) {
    if (vectorPathOf(index) === undefined) return;
    const { kind, similarity, dimensions } = index["cosmosSearchOptions"] ?? {};
    if (!["vector-ivf", "vector-hnsw", "vector-diskann"].includes(kind)) {
      throw new CommandError(2, `Unrecognized vector index kind: ${kind}`);
    }
    if (MEASURES[similarity] === undefined) throw badValue(`Invalid similarity: ${similarity}`);
    if (!(dimensions >= 1 && dimensions <= 2000)) {
      throw badValue(
        "dimensions must be greater than or equal to 1 and less than or equal to 2000",
      );
    }
  },
};

interface Measure {
  score: (stored: number[], vector: number[]) => number;
  /** A distance: the lowest score is the best. */
  isDistance: boolean;
}

const MEASURES: Record<string, Measure> = {
  COS: { score: cosine, isDistance: false },
  IP: { score: dot, isDistance: false },
  L2: { score: distance, isDistance: true },
};

/** `index` and `returnStoredSource` are taken and mean nothing. */
function search(collection: Collection | null, specification: Document): Row[] {
  // Nothing tells that a collection is missing.
  if (collection === null) {
    throw badValue("$search must appear as the initial stage in the pipeline sequence.");
  }
  const { index: _index, returnStoredSource: _source, cosmosSearch, ...others } = specification;
  const [other] = Object.keys(others);
  if (other !== undefined || cosmosSearch === undefined) {
    throw new CommandError(
      40324,
      `Unrecognized $search option: ${other}, should be one of: cosmosSearch, knnBeta.`,
    );
  }
  const { path, k, filter = {} } = cosmosSearch;
  const index = collection.indexes.find((one) => vectorPathOf(one) === path);
  if (index === undefined) {
    throw badValue("Similarity index was not found for a vector similarity search query.");
  }
  const { similarity, dimensions } = index["cosmosSearchOptions"];
  const vector = checkVector(cosmosSearch["vector"], dimensions);
  checkNumbers(cosmosSearch);
  checkFilter(filter, collection);
  const { score, isDistance } = MEASURES[similarity] ?? { score: cosine, isDistance: false };
  const documents = collection.documents.filter((document) => matches(document, filter));
  const rows = nearest(documents, {
    path,
    vector,
    rank: (stored, query) => (isDistance ? -score(stored, query) : score(stored, query)),
    score,
    limit: Math.min(k, widthOf(cosmosSearch, index)),
    meta: "searchScore",
  });
  return rows.map(({ document, meta }) => ({
    document: { ...document, __cosmos_meta__: { score: meta["searchScore"] } },
    meta,
  }));
}

/** A graph is walked with a list of this length, which is the most there can be found: 40 unless the query says. */
function widthOf({ efSearch = 40, lSearch = 40 }: Document, index: Document): number {
  switch (index["cosmosSearchOptions"].kind) {
    case "vector-hnsw":
      return efSearch;
    case "vector-diskann":
      return lSearch;
    default:
      return Infinity;
  }
}

function vectorPathOf({ key }: Document): string | undefined {
  return Object.keys(key).find((path) => key[path] === "cosmosSearch");
}

function checkVector(value: unknown, dimensions: number): number[] {
  const vector = toNumbers(value);
  if (vector === null) throw badValue("$vector must be a non-empty array of numbers.");
  if (vector.length !== dimensions) {
    throw badValue(`expected ${dimensions} dimensions, not ${vector.length}`);
  }
  return vector;
}

function checkNumbers({ k, efSearch = 1, lSearch = 10 }: Document): void {
  if (k === undefined) throw badValue("$k is required field for using a vector index.");
  if (!Number.isInteger(k) || k <= 0) throw badValue("$k must be a positive integer.");
  if (efSearch < 1 || efSearch > 1000) {
    throw badValue("$efSearch must be greater than or equal to 1 and less than or equal to 1000.");
  }
  if (lSearch < 10 || lSearch > 1000) {
    throw badValue("$lSearch must be greater than or equal to 10 and less than or equal to 1000.");
  }
}

function checkFilter(filter: Document, { indexes }: Collection): void {
  for (const path of pathsOf(filter)) {
    if (indexes.some(({ key }) => key[path] === 1 || key[path] === -1)) continue;
    throw badValue(
      `The index for filter path '${path}' was not found, please check whether the index is created.`,
    );
  }
}
