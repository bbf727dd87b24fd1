import { type Collection, type Document, MongoClient, MongoServerError } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type MongoHost, startMongoHost } from "./mongo-host.ts";

const ROWS = [
  { _id: "east", vector: [1, 0], text: "the red house in the east", group: "a", year: 2020 },
  { _id: "north", vector: [0, 2], text: "a blue house in the north", group: "b", year: 2021 },
  { _id: "slant", vector: [3, 4], text: "red red wine", group: "b", year: 2022 },
  { _id: "bare", text: "nothing to measure" },
];

const errorOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof MongoServerError ? [error.code, error.message] : error),
  );

async function open(flavour: "vcore" | "atlas") {
  const host = await startMongoHost({ flavour });
  const client = new MongoClient(`mongodb://${host.address}/?directConnection=true`);
  const rows: Collection<Document> = client.db("db").collection("rows");
  await rows.insertMany(ROWS as Document[]);
  return { host, client, rows };
}

let host: MongoHost;
let client: MongoClient;
let rows: Collection<Document>;

const run = (stages: Document[], collection = rows): Promise<Document[]> =>
  collection.aggregate(stages).toArray();

function useHost(flavour: "vcore" | "atlas", prepare: () => Promise<void>): void {
  beforeAll(async () => {
    ({ host, client, rows } = await open(flavour));
    await prepare();
  });
  afterAll(async () => {
    await client.close();
    await host[Symbol.asyncDispose]();
  });
}

describe("Azure Cosmos DB for MongoDB vCore", () => {
  const createVectorIndex = (similarity: string, more: object = {}): Promise<unknown> =>
    client.db("db").command({
      createIndexes: "rows",
      indexes: [
        {
          name: "vectors",
          key: { vector: "cosmosSearch" },
          cosmosSearchOptions: {
            kind: "vector-ivf",
            numLists: 1,
            similarity,
            dimensions: 2,
            ...more,
          },
        },
      ],
    });
  useHost("vcore", async () => {
    await createVectorIndex("COS");
  });

  const search = (cosmosSearch: Document, more: Document = {}): Promise<Document[]> =>
    run([
      { $search: { cosmosSearch, returnStoredSource: true, ...more } },
      { $project: { score: { $meta: "searchScore" } } },
    ]);
  const nearest = { vector: [1, 0], path: "vector", k: 3 };

  it("shows a vector index with its options, and takes no bad one", async () => {
    const [, index] = await rows.indexes();
    expect(index).toMatchObject({
      name: "vectors",
      key: { vector: "cosmosSearch" },
      cosmosSearchOptions: { kind: "vector-ivf", similarity: "COS", dimensions: 2 },
    });
    for (const bad of [{ kind: "flat" }, { similarity: "near" }, { dimensions: 4000 }]) {
      expect(await errorOf(createVectorIndex("COS", bad))).toMatchObject([2, expect.anything()]);
    }
  });

  it("ranks by the cosine, whatever index is named", async () => {
    const expected = [
      { _id: "east", score: 1 },
      { _id: "slant", score: 0.6 },
      { _id: "north", score: 0 },
    ];
    expect(await search(nearest)).toEqual(expected);
    expect(await search(nearest, { index: "no such index" })).toEqual(expected);
    expect(await search({ ...nearest, k: 1 })).toHaveLength(1);
  });

  it.each([
    ["IP", ["slant", "east", "north"], [3, 1, 0]],
    ["L2", ["east", "north", "slant"], [0, Math.sqrt(5), Math.sqrt(20)]],
  ])("with %s answers %j with the measure itself", async (similarity, ids, scores) => {
    const other = await open("vcore");
    await other.client.db("db").command({
      createIndexes: "rows",
      indexes: [
        {
          name: "vectors",
          key: { vector: "cosmosSearch" },
          cosmosSearchOptions: { kind: "vector-hnsw", similarity, dimensions: 2 },
        },
      ],
    });
    const found = await other.rows
      .aggregate([
        { $search: { cosmosSearch: nearest } },
        { $project: { score: { $meta: "searchScore" } } },
      ])
      .toArray();
    expect(found.map(({ _id }) => _id)).toEqual(ids);
    found.forEach(({ score }, at) => expect(score).toBeCloseTo(scores[at] ?? NaN));
    await other.client.close();
    await other.host[Symbol.asyncDispose]();
  });

  it("puts the score into the document when nothing is projected", async () => {
    const [first] = await run([{ $search: { cosmosSearch: nearest } }]);
    expect(first).toMatchObject({
      _id: "east",
      text: ROWS[0]?.text,
      __cosmos_meta__: { score: 1 },
    });
  });

  it("filters by indexed paths only", async () => {
    const filtered = search({ ...nearest, filter: { group: "b" } });
    expect(await errorOf(filtered)).toEqual([
      2,
      "The index for filter path 'group' was not found, please check whether the index is created.",
    ]);
    await rows.createIndex({ group: 1 });
    expect(await search({ ...nearest, filter: { group: "b" } })).toMatchObject([
      { _id: "slant" },
      { _id: "north" },
    ]);
  });

  it.each([
    [
      { ...nearest, path: "text" },
      2,
      "Similarity index was not found for a vector similarity search query.",
    ],
    [{ ...nearest, vector: [1, 0, 0] }, 2, "expected 2 dimensions, not 3"],
    [{ vector: [1, 0], path: "vector" }, 2, "$k is required field for using a vector index."],
    [{ ...nearest, k: 0 }, 2, "$k must be a positive integer."],
    [{ ...nearest, vector: ["a", "b"] }, 2, "$vector must be a non-empty array of numbers."],
    [
      { ...nearest, efSearch: 1001 },
      2,
      "$efSearch must be greater than or equal to 1 and less than or equal to 1000.",
    ],
  ])("refuses %j", async (cosmosSearch, code, message) => {
    expect(await errorOf(search(cosmosSearch))).toEqual([code, message]);
  });

  it("speaks of the stage when it is the collection that is missing", async () => {
    const missing = run(
      [{ $search: { cosmosSearch: nearest } }],
      client.db("db").collection("gone"),
    );
    expect(await errorOf(missing)).toEqual([
      2,
      "$search must appear as the initial stage in the pipeline sequence.",
    ]);
  });

  it("knows nothing of Atlas", async () => {
    expect(await errorOf(run([{ $search: { text: { query: "red", path: "text" } } }]))).toEqual([
      40324,
      "Unrecognized $search option: text, should be one of: cosmosSearch, knnBeta.",
    ]);
    expect(await errorOf(run([{ $listSearchIndexes: {} }]))).toMatchObject([
      40324,
      /not recognized/u,
    ]);
  });

  it("finds words with a text index: any of them, none behind a dash, phrases whole", async () => {
    const found = async ($search: string): Promise<unknown[]> => {
      const projection = { score: { $meta: "textScore" } };
      const cursor = rows.find({ $text: { $search } }, { projection });
      return (await cursor.sort({ score: { $meta: "textScore" } }).toArray()).map(({ _id }) => _id);
    };
    expect(await errorOf(found("red"))).toMatchObject([27, /text index required/u]);
    await rows.createIndex({ text: "text" });
    expect(await found("red wine")).toEqual(["slant", "east"]);
    expect(await found("red -wine")).toEqual(["east"]);
    expect(await found('"blue house" red')).toEqual(["north"]);
  });
});

describe("MongoDB Atlas", () => {
  const vectorDefinition = (similarity: string): Document => ({
    fields: [
      { type: "vector", path: "vector", numDimensions: 2, similarity },
      { type: "filter", path: "group" },
    ],
  });
  useHost("atlas", async () => {
    const definitions = ["cosine", "dotProduct", "euclidean"].map((similarity) => ({
      name: similarity,
      type: "vectorSearch",
      definition: vectorDefinition(similarity),
    }));
    await rows.createSearchIndexes([
      ...definitions,
      { name: "words", type: "search", definition: { mappings: { dynamic: true } } },
    ]);
  });

  const nearest = {
    index: "cosine",
    path: "vector",
    queryVector: [1, 0],
    numCandidates: 100,
    limit: 3,
  };
  const search = (specification: Document): Promise<Document[]> =>
    run([
      { $vectorSearch: specification },
      { $project: { score: { $meta: "vectorSearchScore" } } },
    ]);

  it("shows its search indexes, all or by name", async () => {
    const all = await rows.listSearchIndexes().toArray();
    expect(all.map(({ name }) => name)).toEqual(["cosine", "dotProduct", "euclidean", "words"]);
    expect(await rows.listSearchIndexes("cosine").toArray()).toMatchObject([
      {
        name: "cosine",
        type: "vectorSearch",
        status: "READY",
        queryable: true,
        latestDefinition: vectorDefinition("cosine"),
      },
    ]);
  });

  it.each([
    ["cosine", ["east", "slant", "north"], [1, 0.8, 0.5]],
    ["dotProduct", ["slant", "east", "north"], [2, 1, 0.5]],
    ["euclidean", ["east", "north", "slant"], [1, 1 / 6, 1 / 21]],
  ])("ranks by %s, in the scores of Lucene", async (index, ids, scores) => {
    const found = await search({ ...nearest, index });
    expect(found.map(({ _id }) => _id)).toEqual(ids);
    found.forEach(({ score }, at) => expect(score).toBeCloseTo(scores[at] ?? NaN));
  });

  it("finds nothing in an index there is not, in one that is being built, in a collection there is not", async () => {
    expect(await search({ ...nearest, index: "gone" })).toEqual([]);
    const [index] = host.data.find("db", "rows")?.searchIndexes ?? [];
    Object.assign(index ?? {}, { status: "BUILDING", queryable: false });
    expect(await search(nearest)).toEqual([]);
    Object.assign(index ?? {}, { status: "READY", queryable: true });
    expect(await run([{ $vectorSearch: nearest }], client.db("db").collection("gone"))).toEqual([]);
    expect(await run([{ $listSearchIndexes: {} }], client.db("db").collection("gone"))).toEqual([]);
  });

  it("filters by fields the index has for it", async () => {
    expect(await search({ ...nearest, filter: { group: "b" } })).toMatchObject([
      { _id: "slant" },
      { _id: "north" },
    ]);
    expect(await errorOf(search({ ...nearest, filter: { year: 2020 } }))).toMatchObject([
      8,
      /Path 'year' needs to be indexed as filter/u,
    ]);
  });

  it.each([
    [{ ...nearest, queryVector: [1, 0, 0] }, /indexed with 2 dimensions but queried with 3/u],
    [{ ...nearest, path: "text" }, /text is not indexed as vector/u],
    [{ ...nearest, limit: 101 }, /"limit" cannot be greater/u],
    [{ ...nearest, exact: true }, /"numCandidates" must be omitted/u],
  ])("refuses %j in the words of its search process", async (specification, words) => {
    expect(await errorOf(search(specification))).toMatchObject([8, words]);
    expect(await errorOf(search(specification))).toMatchObject([8, /^PlanExecutor error/u]);
  });

  it("takes a search as the first stage only", async () => {
    const late = run([{ $match: {} }, { $vectorSearch: nearest }]);
    expect(await errorOf(late)).toMatchObject([40602, /only valid as the first stage/u]);
  });

  it("finds words", async () => {
    const found = await run([
      { $search: { index: "words", text: { query: "red wine", path: ["text"] } } },
      { $project: { score: { $meta: "searchScore" } } },
      { $limit: 2 },
    ]);
    expect(found.map(({ _id }) => _id)).toEqual(["slant", "east"]);
    expect(
      await run([{ $search: { index: "gone", text: { query: "red", path: "text" } } }]),
    ).toEqual([]);
  });
});
