import type { Db, Document } from "mongodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { MongoDbSource } from "../../protocol/data-sources/document-databases.ts";
import { NO_MAPPING } from "../../protocol/data-sources/parts.ts";
import {
  type FilledHostOptions,
  HANDBOOK,
  HANDBOOK_FIELDS,
  READER,
  startFilledHost,
} from "../../testing/mongo-host/filled-host.ts";
import { SHORT_MONGO_LIMITS } from "../../testing/mongo-host/mongo-faults.ts";
import { type MongoHost, startMongoHost } from "../../testing/mongo-host/mongo-host.ts";
import { testMongoSource, wordsDeployment } from "../../testing/mongo-host/mongo-source-kit.ts";
import { openTestContext, type TestContext } from "../../testing/source-context.ts";
import { KIT_DIMENSIONS } from "../../testing/source-documents.ts";
import { trustTestCertificate } from "../../testing/test-certificate.ts";
import { wordVector } from "../../testing/word-vector.ts";
import type { SourceDriver } from "../define-source.ts";
import type { SourcePassage, SourceQuery } from "../source.ts";
import { mongoDb } from "./mongo-db.ts";

trustTestCertificate();

const TYPE = "mongo_db";

function settingsOf(endpoint: string, more: Partial<MongoDbSource> = {}): MongoDbSource {
  return {
    type: TYPE,
    endpoint,
    authentication: { type: "username_and_password", ...READER },
    appName: "handbook-app",
    databaseName: HANDBOOK.database,
    collectionName: HANDBOOK.collection,
    indexName: HANDBOOK.index,
    fieldsMapping: { ...NO_MAPPING, ...HANDBOOK_FIELDS },
    embedding: wordsDeployment(),
    ...more,
  };
}

testMongoSource({
  type: TYPE,
  flavour: "atlas",
  createDriver: mongoDb,
  settingsOf: ({ address, tls, password, index, dimensions }) =>
    settingsOf(`mongodb://${address}/?tls=${tls}`, {
      authentication: { type: "username_and_password", username: READER.username, password },
      indexName: index,
      embedding: wordsDeployment(dimensions),
    }),
  discovery: "aggregate",
  search: { command: "aggregate", after: 1 },
});

describe("a search of MongoDB Atlas", () => {
  let context: TestContext;
  let driver: SourceDriver;
  let host: MongoHost;
  beforeEach(() => {
    context = openTestContext({ subject: TYPE });
    driver = mongoDb({ limits: SHORT_MONGO_LIMITS });
  });
  afterEach(async () => {
    await driver.close();
    await context[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  async function start(options: Partial<FilledHostOptions> = {}): Promise<void> {
    host = await startFilledHost({ flavour: "atlas", ...options });
  }

  function search(
    query: Partial<SourceQuery> = {},
    { endpoint = host.address, ...more }: Partial<MongoDbSource> = {},
  ): Promise<SourcePassage[]> {
    return driver.open(settingsOf(endpoint, more), context).search({
      text: "How many days of annual leave do employees get?",
      limit: 10,
      allowPartial: false,
      signal: new AbortController().signal,
      ...query,
    });
  }

  const pipelines = (): Document[][] =>
    host.commands.flatMap(({ aggregate, pipeline }) => (aggregate ? [pipeline] : []));
  const status = (name: string, more: { status: string; queryable: boolean }): void => {
    const { database, collection } = HANDBOOK;
    const indexes = host.data.find(database, collection)?.searchIndexes ?? [];
    Object.assign(indexes.find((index) => index.name === name) ?? {}, more);
  };
  const wordIndex =
    (mappings: Document) =>
    (database: Db): Promise<unknown> =>
      database
        .collection(HANDBOOK.collection)
        .createSearchIndex({ name: "words", type: "search", definition: { mappings } });

  it("asks for enough candidates and for no vector, under the name of the application", async () => {
    await start();
    await search({ limit: 30 });
    const [indexes, found] = pipelines();
    expect(indexes).toEqual([{ $listSearchIndexes: {} }]);
    expect(found?.[0]?.["$vectorSearch"]).toMatchObject({
      index: "vectors",
      path: "embedding",
      numCandidates: 600,
      limit: 30,
    });
    expect(found?.[1]?.["$project"]).not.toHaveProperty("embedding");
    const greetings = host.commands.filter((command) => "ismaster" in command);
    expect(greetings[0]?.["client"].application).toEqual({ name: "handbook-app" });
    await search({ limit: 3 });
    expect(pipelines()).toHaveLength(3);
    expect(pipelines()[2]?.[0]?.["$vectorSearch"].numCandidates).toBe(100);
  });

  it.each([
    ["cosine", (cosine: number) => (1 + cosine) / 2],
    ["dotProduct", (cosine: number) => (1 + cosine) / 2],
    ["euclidean", (cosine: number) => 1 / (1 + 2 - 2 * cosine)],
  ])("keeps the score of %s and finds the cosine in it", async (similarity, scoreOf) => {
    await start({ similarity });
    const [first] = await search({ text: "annual leave" });
    const leave = wordVector("annual leave", KIT_DIMENSIONS);
    const content = wordVector(first?.content ?? "", KIT_DIMENSIONS);
    const cosine = leave.reduce((sum, value, at) => sum + value * (content[at] ?? 0), 0);
    expect(first?.title).toBe("Annual leave");
    expect(first?.relevance).toBeCloseTo(cosine, 5);
    expect(first?.score).toBeCloseTo(scoreOf(cosine), 5);
  });

  it.each([
    ["everything", { dynamic: true }],
    [
      "the content",
      {
        dynamic: false,
        fields: { text: { type: "document", fields: { body: { type: "string" } } } },
      },
    ],
  ])("finds by words, too, where a search index has %s", async (_what, mappings) => {
    await start({ prepare: wordIndex(mappings) });
    const passages = await search({ text: "toner" });
    expect(passages[0]).toMatchObject({ title: "Printers" });
    expect(passages[0]?.score).toBeCloseTo(2 / 61, 5);
    expect(passages).toHaveLength(5);
    const searches = pipelines().flatMap(([stage]) => stage?.["$search"] ?? []);
    expect(searches).toEqual([{ index: "words", text: { query: "toner", path: ["text.body"] } }]);
  });

  it.each([
    ["has other fields", { dynamic: false, fields: { title: { type: "string" } } }, undefined],
    ["is being built", { dynamic: true }, { status: "BUILDING", queryable: false }],
  ])("does without a search index that %s", async (_what, mappings, building) => {
    await start({ prepare: wordIndex(mappings) });
    if (building) status("words", building);
    await search();
    expect(pipelines()).toHaveLength(2);
  });

  it("searches words alone by a search index, without a vector", async () => {
    await start({ prepare: wordIndex({ dynamic: true }) });
    const [first, second] = await search({ text: "toner" }, { indexName: "words" });
    expect(first).toMatchObject({ title: "Printers", relevance: null });
    expect(first?.score).toBeGreaterThan(0);
    expect(second).toBeUndefined();
    expect(context.embedded).toEqual([]);
  });

  it("searches several vectors of a document", async () => {
    await start({
      async prepare(database) {
        const handbook = database.collection<Document>(HANDBOOK.collection);
        const title = wordVector("holiday", KIT_DIMENSIONS);
        await handbook.insertOne({ title: "Holiday", text: { body: "x" }, heading: title });
        const field = { type: "vector", numDimensions: KIT_DIMENSIONS, similarity: "cosine" };
        const fields = [
          { ...field, path: "embedding" },
          { ...field, path: "heading" },
        ];
        await handbook.createSearchIndex({
          name: "both",
          type: "vectorSearch",
          definition: { fields },
        });
      },
    });
    const fieldsMapping = {
      ...NO_MAPPING,
      ...HANDBOOK_FIELDS,
      vectorFields: ["embedding", "heading"],
    };
    const passages = await search({ text: "holiday" }, { indexName: "both", fieldsMapping });
    expect(passages.slice(0, 2).map(({ title }) => title)).toContain("Holiday");
    expect(passages.find(({ title }) => title === "Holiday")?.relevance).toBeCloseTo(1);
  });

  it.each([
    [
      { indexName: "Vectors" },
      "collection 'hr.handbook' has no search index 'Vectors'. It has 'vectors' (vectorSearch). Correct 'index_name'.",
    ],
    [
      { collectionName: "Handbook" },
      "there is no collection 'hr.Handbook'. Check 'database_name' and 'collection_name'; capital letters count.",
    ],
    [
      { collectionName: "bare" },
      "collection 'hr.bare' has no search index 'vectors', nor another one. Create one of type 'vectorSearch' in Atlas.",
    ],
    [
      { fieldsMapping: { ...NO_MAPPING, ...HANDBOOK_FIELDS, vectorFields: ["vector"] } },
      "index 'vectors' of collection 'hr.handbook' has vectors in 'embedding' (32 dimensions), not in 'vector'. Correct 'vector_fields' or 'index_name'.",
    ],
    [
      {
        indexName: "words",
        fieldsMapping: { ...NO_MAPPING, ...HANDBOOK_FIELDS, contentFields: ["summary"] },
      },
      "index 'words' of collection 'hr.handbook' does not have every field of 'content_fields', so that it would find nothing. Add them to it, or correct 'index_name'.",
    ],
  ])("refuses %j, which Atlas answers with nothing", async (more, words) => {
    const mappings = { dynamic: false, fields: { text: { fields: { body: {} } } } };
    const needsWords = "indexName" in more && more.indexName === "words";
    await start({
      prepare: async (database) => {
        await database.collection("bare").insertOne({});
        if (needsWords) await wordIndex(mappings)(database);
      },
    });
    await expect(search({}, more)).rejects.toMatchObject({
      code: "data_source_invalid",
      message: `mongo_db at ${host.address}: ${words}`,
    });
  });

  it.each([
    ["BUILDING", "data_source_unavailable", "cannot be searched yet: its status is BUILDING"],
    ["PENDING", "data_source_unavailable", "cannot be searched yet: its status is PENDING"],
    ["FAILED", "data_source_invalid", "cannot be searched: its status is FAILED"],
  ])("says that an index is %s, and looks again the next time", async (state, code, words) => {
    await start();
    status("vectors", { status: state, queryable: false });
    await expect(search()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    status("vectors", { status: "READY", queryable: true });
    expect(await search()).toHaveLength(5);
  });

  it("searches an index that is being renewed", async () => {
    await start();
    status("vectors", { status: "STALE", queryable: true });
    expect(await search()).toHaveLength(5);
  });

  it("tells a server without Atlas Search from one with it", async () => {
    host = await startMongoHost({
      flavour: "vcore",
      users: { [READER.username]: READER.password },
    });
    const endpoint = `mongodb://${host.address}/`;
    await expect(search({}, { endpoint })).rejects.toThrow("this server has no Atlas Search");
  });

  it("reads an endpoint as a name with a port, and as an address, but not one with a password", async () => {
    await start();
    expect(await search({}, { endpoint: host.address })).toHaveLength(5);
    expect(await search({}, { endpoint: `mongodb://${host.address}/?ssl=true` })).toHaveLength(5);
    const endpoint = `mongodb://u:secret-in-url@${host.address}/`;
    const refused = search({}, { endpoint });
    await expect(refused).rejects.toThrow("they belong into 'authentication'");
    await expect(refused).rejects.not.toThrow("secret-in-url");
  });
});
