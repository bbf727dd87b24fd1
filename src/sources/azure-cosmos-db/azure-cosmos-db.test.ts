import type { Document } from "mongodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AzureCosmosDbSource } from "../../protocol/data-sources/document-databases.ts";
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
import { azureCosmosDb } from "./azure-cosmos-db.ts";

trustTestCertificate();

const TYPE = "azure_cosmos_db";

function connectionString(
  address: string,
  { password = READER.password, tls = true }: { password?: string; tls?: boolean } = {},
): string {
  return `mongodb://${READER.username}:${password}@${address}/?tls=${tls}&authMechanism=SCRAM-SHA-256&retrywrites=false&maxIdleTimeMS=120000`;
}

function settingsOf(
  connection: string,
  more: Partial<AzureCosmosDbSource> = {},
): AzureCosmosDbSource {
  return {
    type: TYPE,
    authentication: { type: "connection_string", connectionString: connection },
    databaseName: HANDBOOK.database,
    containerName: HANDBOOK.collection,
    indexName: HANDBOOK.index,
    fieldsMapping: { ...NO_MAPPING, ...HANDBOOK_FIELDS },
    embedding: wordsDeployment(),
    ...more,
  };
}

testMongoSource({
  type: TYPE,
  flavour: "vcore",
  createDriver: azureCosmosDb,
  settingsOf: ({ address, index, dimensions, ...entry }) =>
    settingsOf(connectionString(address, entry), {
      indexName: index,
      embedding: wordsDeployment(dimensions),
    }),
  discovery: "listIndexes",
  search: { command: "aggregate", after: 0 },
});

describe("a vector search of Azure Cosmos DB", () => {
  let context: TestContext;
  let driver: SourceDriver;
  let host: MongoHost;
  beforeEach(() => {
    context = openTestContext({ subject: TYPE });
    driver = azureCosmosDb({ limits: SHORT_MONGO_LIMITS });
  });
  afterEach(async () => {
    await driver.close();
    await context[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  async function start(options: Partial<FilledHostOptions> = {}): Promise<void> {
    host = await startFilledHost({ flavour: "vcore", ...options });
  }

  function search(
    query: Partial<SourceQuery> = {},
    more: Partial<AzureCosmosDbSource> = {},
  ): Promise<SourcePassage[]> {
    return driver.open(settingsOf(connectionString(host.address), more), context).search({
      text: "How many days of annual leave do employees get?",
      limit: 10,
      allowPartial: false,
      signal: new AbortController().signal,
      ...query,
    });
  }

  const sent = (name: string): Document[] => host.commands.filter((one) => name in one);

  it("looks at the indexes once, logs in once, and tells the server how long it may take", async () => {
    await start();
    await search();
    await search();
    expect(sent("listIndexes")).toHaveLength(1);
    expect(sent("aggregate")).toHaveLength(2);
    expect(sent("saslContinue")).toHaveLength(1);
    for (const { maxTimeMS } of [...sent("listIndexes"), ...sent("aggregate")]) {
      expect(maxTimeMS).toBeGreaterThan(0);
      expect(maxTimeMS).toBeLessThanOrEqual(1_000);
    }
  });

  it("asks for the fields that are read and for no vector", async () => {
    await start();
    await search();
    const [, { $project }] = sent("aggregate")[0]?.["pipeline"] ?? [];
    expect($project).toEqual({
      _id: 1,
      chunk_id: 1,
      "text.body": 1,
      title: 1,
      url: 1,
      filepath: 1,
      groundwire_score: { $meta: "searchScore" },
    });
  });

  it.each([
    ["COS", (cosine: number) => cosine],
    ["IP", (cosine: number) => cosine],
    ["L2", (cosine: number) => 1 / (1 + Math.sqrt(2 - 2 * cosine))],
  ])("with %s the best is first and its relevance the cosine", async (similarity, scoreOf) => {
    await start({ similarity });
    const [first, second] = await search({ text: "annual leave" });
    const leave = wordVector("annual leave", KIT_DIMENSIONS);
    const content = wordVector(first?.content ?? "", KIT_DIMENSIONS);
    const cosine = leave.reduce((sum, value, at) => sum + value * (content[at] ?? 0), 0);
    expect(first?.title).toBe("Annual leave");
    expect(first?.score).toBeGreaterThan(second?.score ?? 1);
    expect(first?.relevance).toBeCloseTo(cosine, 5);
    expect(first?.score).toBeCloseTo(scoreOf(cosine), 5);
  });

  it.each(["vector-hnsw", "vector-diskann"])("finds as many as are wanted by %s", async (kind) => {
    const vector = wordVector("annual leave", KIT_DIMENSIONS);
    const more = Array.from({ length: 100 }, (_, at) => ({
      text: { body: `leave ${at}` },
      embedding: vector,
    }));
    await start({ kind, prepare: (database) => database.collection("handbook").insertMany(more) });
    expect(await search({ limit: 90 })).toHaveLength(90);
  });

  it("leaves out documents without text and reads numbers, lists and ids of every type", async () => {
    const vector = wordVector("How many days of annual leave do employees get?", KIT_DIMENSIONS);
    await start({
      prepare: (database) =>
        database.collection<Document>("handbook").insertMany([
          { _id: 7, text: [{ body: "one" }, { body: "two" }], title: 3, embedding: vector },
          { _id: 8, text: "nothing inside", embedding: vector },
        ] as Document[]),
    });
    const [first, second] = await search();
    expect(first).toMatchObject({ id: "7", content: "one\ntwo", title: "3", url: null });
    expect(second?.title).toBe("Annual leave");
  });

  describe("with a text index", () => {
    const prepare: FilledHostOptions["prepare"] = (database) =>
      database.collection("handbook").createIndex({ "text.body": "text" });

    it("finds by words, too, and both count", async () => {
      await start({ prepare });
      const passages = await search({ text: "toner" });
      expect(passages[0]?.title).toBe("Printers");
      expect(passages).toHaveLength(5);
      expect(sent("find")).toHaveLength(1);
      expect(passages[0]?.score).toBeCloseTo(2 / 61, 5);
      expect(passages[0]?.relevance).toBeGreaterThan(0);
    });

    it("takes a question for words, whatever signs are in it", async () => {
      await start({ prepare });
      const text = 'What of "toner" -- and -toner?';
      expect((await search({ text }))[0]?.title).toBe("Printers");
      expect(sent("find")[0]?.["filter"].$text.$search).toBe("What of  toner   and toner?");
    });

    it("is content with vectors when the server does not take the words", async () => {
      await start({ prepare });
      host.fault("find", { type: "error", code: 2, message: "no $text here" });
      const [first] = await search();
      expect(first?.title).toBe("Annual leave");
      expect(first?.score).toBeLessThanOrEqual(1);
      expect(first?.score).toBeGreaterThan(0.3);
    });

    it("leaves the words when the vectors are refused", async () => {
      await start({ prepare });
      await search();
      host.fault("find", { type: "stall" });
      host.fault("aggregate", { type: "error", code: 2, message: "the stars are wrong" });
      const began = performance.now();
      await expect(search()).rejects.toThrow("the stars are wrong");
      await expect.poll(() => host.abandoned).toEqual(["find"]);
      expect(performance.now() - began).toBeLessThan(700);
    });

    it("fails when the connection does while words are looked for", async () => {
      await start({ prepare });
      host.fault("find", { type: "stall" });
      await expect(search()).rejects.toMatchObject({ code: "data_source_timeout" });
    });
  });

  it.each([
    [
      { indexName: "Vectors" },
      "collection 'hr.handbook' has no vector index 'Vectors'. It has 'vectors' on 'embedding'. Correct 'index_name'.",
    ],
    [
      { containerName: "Handbook" },
      "there is no collection 'hr.Handbook'. Check 'database_name' and 'container_name'; capital letters count.",
    ],
    [
      { fieldsMapping: { ...NO_MAPPING, ...HANDBOOK_FIELDS, vectorFields: ["vector"] } },
      "index 'vectors' of collection 'hr.handbook' is on 'embedding', not on 'vector'. Correct 'vector_fields' or 'index_name'.",
    ],
  ])("refuses %j before it searches, saying what is there", async (more, words) => {
    await start();
    await expect(search({}, more)).rejects.toMatchObject({
      code: "data_source_invalid",
      message: `azure_cosmos_db at ${host.address}: ${words}`,
    });
    expect(sent("aggregate")).toEqual([]);
  });

  it("says when a collection has no vector index at all, as on another server", async () => {
    host = await startMongoHost({ flavour: "atlas" });
    host.data.open("hr", "handbook");
    const connection = `mongodb://${host.address}/`;
    const source = driver.open(settingsOf(connection), context);
    const outcome = source.search({
      text: "leave",
      limit: 5,
      allowPartial: false,
      signal: new AbortController().signal,
    });
    await expect(outcome).rejects.toThrow("has no vector index 'vectors', nor another one");
  });

  it("refuses paths that would be commands, before it connects", async () => {
    await start();
    const fieldsMapping = { ...NO_MAPPING, ...HANDBOOK_FIELDS, titleField: "title.$function" };
    await expect(search({}, { fieldsMapping })).rejects.toThrow("'title.$function'");
    expect(host.commands).toEqual([]);
  });

  it("reads two paths of which one lies within the other", async () => {
    await start();
    const fieldsMapping = {
      ...NO_MAPPING,
      ...HANDBOOK_FIELDS,
      contentFields: ["title", "text.body"],
      contentFieldsSeparator: " | ",
      urlField: "text",
    };
    const [first] = await search({}, { fieldsMapping });
    expect(first?.content).toMatch(/^Annual leave \| All employees/u);
  });
});
