import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ElasticsearchSource } from "../../protocol/data-sources/other-indexes.ts";
import { createApiKey, indexCalls, prepareServer } from "../../testing/elasticsearch/calls.ts";
import { testElasticsearch } from "../../testing/elasticsearch/driver-cases.ts";
import {
  DENSE,
  elasticsearchSettings,
  wordEmbedding,
} from "../../testing/elasticsearch/settings.ts";
import {
  type ElasticsearchHost,
  startElasticsearchHost,
} from "../../testing/elasticsearch/elasticsearch-host.ts";
import { openTestContext, type TestContext } from "../../testing/source-context.ts";
import { KIT_DIMENSIONS } from "../../testing/source-documents.ts";
import { wordVector } from "../../testing/word-vector.ts";
import type { SourcePassage, SourceQuery } from "../source.ts";
import { elasticsearch } from "./elasticsearch.ts";

testElasticsearch("the host of these tests", { start: startElasticsearchHost });

let host: ElasticsearchHost;
let context: TestContext;
const authentication = { type: "encoded_api_key" as const, encodedApiKey: "" };
beforeAll(async () => {
  host = await startElasticsearchHost();
  context = openTestContext({ subject: "elasticsearch" });
  const [answer] = await prepareServer(host, [
    { method: "POST", path: "/_security/api_key", body: { name: "all" } },
  ]);
  authentication.encodedApiKey = answer?.body.encoded;
});
afterAll(async () => {
  await context[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const driver = elasticsearch();

async function search(
  settings: Partial<ElasticsearchSource>,
  query: Partial<SourceQuery> = {},
): Promise<SourcePassage[]> {
  const source = driver.open(
    elasticsearchSettings({ endpoint: host.url, authentication, ...settings }),
    context,
  );
  const { signal } = new AbortController();
  return source.search({ text: "annual leave", limit: 10, allowPartial: false, signal, ...query });
}

let count = 0;
async function newIndex(
  properties: Record<string, unknown>,
  ...documents: Record<string, unknown>[]
): Promise<string> {
  const name = `index-${++count}`;
  const numbered = documents.map((document, at) => ({ id: String(at), ...document }));
  await prepareServer(host, indexCalls(name, properties, numbered));
  return name;
}

const TEXT = { type: "text" };
const LEAVE = "Annual leave is thirty days.";
const CRANE = "The crane lifts 42 tonnes.";
const vectorOf = (text: string): number[] => wordVector(text, KIT_DIMENSIONS);
const byModel = (modelId: string) => ({ type: "model_id" as const, modelId });

describe("models of the server's own", () => {
  beforeAll(() => {
    host.models["dense"] = vectorOf;
    host.models["sparse"] = (text) =>
      Object.fromEntries((text.toLowerCase().match(/\p{L}+/gu) ?? []).map((word) => [word, 1]));
  });

  it("embed the question for a dense vector field, and nothing is embedded outside", async () => {
    const indexName = await newIndex(
      { content: TEXT, vector: DENSE },
      { content: CRANE, vector: vectorOf(CRANE) },
      { content: LEAVE, vector: vectorOf(LEAVE) },
    );
    const embedded = context.embedded.length;
    const passages = await search({ indexName, queryType: "vector", embedding: byModel("dense") });
    expect(passages.map(({ content }) => content)).toEqual([LEAVE, CRANE]);
    expect(passages[0]?.relevance).toBeGreaterThan(0.5);
    expect(context.embedded).toHaveLength(embedded);
  });

  it.each(["sparse_vector", "rank_features"])("weigh words of a %s field", async (type) => {
    const indexName = await newIndex(
      { content: TEXT, tokens: { type } },
      { content: CRANE, tokens: { crane: 2 } },
      { content: LEAVE, tokens: { leave: 2, annual: 1 } },
    );
    const passages = await search({ indexName, queryType: "vector", embedding: byModel("sparse") });
    expect(passages).toMatchObject([{ content: LEAVE, score: 3, relevance: null }]);
  });

  it("that are not there are named by the server, and what to check", async () => {
    const indexName = await newIndex({ content: TEXT, vector: DENSE }, { content: LEAVE });
    const asked = search({ indexName, queryType: "vector", embedding: byModel("gone") });
    await expect(asked).rejects.toMatchObject({
      code: "data_source_invalid",
      message: expect.stringMatching(/\[gone\].*Check 'model_id'/u),
    });
  });

  const semantic = {
    type: "semantic_text",
    inference_id: "dense",
    model_settings: {
      task_type: "text_embedding",
      dimensions: KIT_DIMENSIONS,
      similarity: "cosine",
    },
  };

  it("stand behind a semantic_text field, whatever embeds elsewhere", async () => {
    const indexName = await newIndex({ content: semantic }, { content: CRANE }, { content: LEAVE });
    const passages = await search({ indexName, queryType: "vector" });
    expect(passages.map(({ content }) => content)).toEqual([LEAVE, CRANE]);
    expect(passages[0]?.relevance).toBeGreaterThan(0.5);
  });

  it("stand behind a semantic_text field that is searched by words, too", async () => {
    const indexName = await newIndex(
      { content: semantic, title: TEXT },
      { content: LEAVE, title: "Leave" },
    );
    expect(await search({ indexName })).toMatchObject([{ content: LEAVE, title: "Leave" }]);
  });

  it("leave their vectors behind, also where semantic_text keeps them in the document", async () => {
    const indexName = await newIndex({ content: semantic });
    // As before 8.18: the text and what was made of it.
    const old = {
      text: LEAVE,
      inference: { chunks: [{ text: LEAVE, embeddings: vectorOf(LEAVE) }] },
    };
    await prepareServer(host, [
      {
        method: "POST",
        path: "/_bulk",
        body: [{ index: { _index: indexName, _id: "1" } }, { content: old }],
      },
    ]);
    const passages = await search({ indexName, queryType: "vector" });
    expect(passages).toMatchObject([{ content: LEAVE }]);
    const { _source: source } = host.searches.at(-1);
    expect(source).toMatchObject({ includes: ["content"], excludes: ["content.inference"] });
  });
});

describe("a server in trouble", () => {
  const ask = async (trouble: ElasticsearchHost["trouble"], allowPartial = false) => {
    const indexName = await newIndex({ content: TEXT }, { content: LEAVE });
    host.trouble = trouble;
    return search({ indexName }, { allowPartial }).finally(() => {
      host.trouble = null;
    });
  };

  it("that ran out of time has failed, unless partial results are allowed", async () => {
    await expect(ask("timed out")).rejects.toMatchObject({
      code: "data_source_timeout",
      message: expect.stringContaining("'allow_partial_result'"),
    });
    expect(await ask("timed out", true)).toHaveLength(1);
  });

  it.each([
    ["circuit breaking", "circuit_breaking_exception"],
    ["rejected", "es_rejected_execution_exception"],
  ] as const)("by %s is throttled, and was asked again", async (trouble, type) => {
    const before = host.searches.length;
    await expect(ask(trouble)).rejects.toMatchObject({
      code: "data_source_throttled",
      message: expect.stringContaining(type),
    });
    expect(host.searches.length - before).toBeGreaterThan(1);
  });
});

it("fields are found once for many questions, anew for another key", async () => {
  const indexName = await newIndex({ content: TEXT }, { content: LEAVE });
  const before = host.mappings;
  await search({ indexName });
  await search({ indexName }, { text: "leave" });
  expect(host.mappings - before).toBe(1);
  const { encoded: encodedApiKey } = await createApiKey(host, {
    names: [indexName],
    privileges: ["read", "view_index_metadata"],
  });
  await search({ indexName, authentication: { type: "encoded_api_key", encodedApiKey } });
  expect(host.mappings - before).toBe(2);
});

it("vectors of another length are refused before a query, naming field and model", async () => {
  const indexName = await newIndex({ content: TEXT, vector: DENSE }, { content: LEAVE });
  const before = host.searches.length;
  const asked = search({ indexName, queryType: "vector", embedding: wordEmbedding(7) });
  await expect(asked).rejects.toThrow(
    `the field 'vector' of index '${indexName}' holds vectors of 32 dimensions, but the deployment 'words-7' gives 7`,
  );
  expect(host.searches.length).toBe(before);
});

it("an endpoint may be a path on its host", async () => {
  const paths: string[] = [];
  const server = createServer((request, reply) => {
    paths.push(request.url ?? "");
    reply.writeHead(404, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const asked = search({ endpoint: `http://127.0.0.1:${port}/search/es`, indexName: "../a b?c" });
  await expect(asked).rejects.toThrow(/does not say that it is Elasticsearch/u);
  expect(paths).toEqual(["/search/es/..%2Fa%20b%3Fc/_mapping"]);
  server.close();
});

it("vectors of OpenSearch are refused as such", async () => {
  const indexName = await newIndex(
    { content: TEXT, vector: { type: "knn_vector" } },
    { content: LEAVE },
  );
  await expect(search({ indexName, queryType: "vector" })).rejects.toThrow(/OpenSearch.*'vector'/u);
});

it("more vector fields than can be searched at once are refused", async () => {
  const vectorFields = ["a", "b", "c", "d", "e", "f"];
  const { fieldsMapping } = elasticsearchSettings({ endpoint: host.url, authentication });
  const asked = search({ fieldsMapping: { ...fieldsMapping, vectorFields } });
  await expect(asked).rejects.toThrow("at most 5");
});
