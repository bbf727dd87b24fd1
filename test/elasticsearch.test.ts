import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  type ApiKey,
  createApiKey,
  indexCalls,
  prepareServer,
} from "../src/testing/elasticsearch/calls.ts";
import {
  type ElasticsearchHost,
  startElasticsearchHost,
} from "../src/testing/elasticsearch/elasticsearch-host.ts";
import { DENSE } from "../src/testing/elasticsearch/settings.ts";
import { type EmbeddingHost, startEmbeddingHost } from "../src/testing/embedding-host.ts";
import { KIT_DOCUMENTS } from "../src/testing/source-documents.ts";
import { askForLeave, expectCitedAnswer } from "./support/cited-answer.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

let host: ElasticsearchHost;
let embeddings: EmbeddingHost;
let server: TestServer;
let key: ApiKey;
beforeAll(async () => {
  host = await startElasticsearchHost();
  embeddings = await startEmbeddingHost();
  server = await startTestServer({ GROUNDWIRE_ALLOW_HOSTS: "127.0.0.1" });
  const text = { type: "text" };
  const properties = {
    title: text,
    content: text,
    url: { type: "keyword" },
    filepath: { type: "keyword" },
    vector: DENSE,
  };
  await prepareServer(
    host,
    indexCalls(
      "handbook",
      properties,
      KIT_DOCUMENTS.map((document) => ({ ...document })),
    ),
  );
  key = await createApiKey(host, {
    names: ["handbook"],
    privileges: ["read", "view_index_metadata"],
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await embeddings[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const source = (more: object = {}) => ({
  type: "elasticsearch",
  parameters: {
    endpoint: host.url,
    index_name: "handbook",
    authentication: { type: "key_and_key_id", key: key.key, key_id: key.id },
    ...more,
  },
});

function vectorParameters(query_type: string, dimensions?: number) {
  return {
    query_type,
    embedding_dependency: {
      type: "endpoint",
      endpoint: `${embeddings.url}/openai/deployments/words/embeddings`,
      authentication: { type: "api_key", key: "embedding-key-1" },
      dimensions,
    },
  };
}

describe("a question about an index of Elasticsearch", () => {
  it.each([
    ["words", () => ({})],
    [
      "words, by an encoded key",
      () => ({ authentication: { type: "encoded_api_key", encoded_api_key: key.encoded } }),
    ],
    ["vectors", () => vectorParameters("vector")],
    ["both", () => vectorParameters("vector_simple_hybrid")],
  ])("is answered by %s, with citations that resolve", async (_by, parameters) => {
    expectCitedAnswer(await askForLeave(server, source(parameters())));
  });

  it("says what was retrieved with the engine's own score", async () => {
    const include_contexts = ["citations", "all_retrieved_documents"];
    const { json } = await askForLeave(
      server,
      source({ ...vectorParameters("vector"), include_contexts }),
    );
    const [first] = json.choices[0].message.context.all_retrieved_documents;
    const { score } = (await hitsOf(host))[0] ?? {};
    expect(first).toMatchObject({ data_source_index: 0, title: "Annual leave" });
    expect(first.original_search_score).toBeCloseTo(score ?? 0, 5);
  });

  it("is streamed", async () => {
    const { text } = await askForLeave(server, source(), { stream: true });
    expect(text).toContain("Annual leave");
    expect(text).toContain("[doc1]");
    expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
  });
});

/** What the host answers to the last search. */
async function hitsOf({
  url,
  authorization,
  searches,
}: ElasticsearchHost): Promise<{ score?: number }[]> {
  const response = await fetch(`${url}/handbook/_search`, {
    method: "POST",
    headers: { authorization },
    body: JSON.stringify(searches.at(-1)),
  });
  const { hits } = (await response.json()) as { hits: { hits: { _score: number }[] } };
  return hits.hits.map(({ _score: score }) => ({ score }));
}

describe("what is wrong is told in the service's shape, without a secret:", () => {
  it.each([
    ["an index there is not", { index_name: "policies" }, /index 'policies'/u],
    [
      "a key nobody gave out",
      { authentication: { type: "key_and_key_id", key: "sesame", key_id: "open" } },
      /status 401/u,
    ],
    [
      "a query without its embedding",
      { query_type: "vector" },
      /'embeddingEndpoint' is a required parameter/u,
    ],
  ])("%s", async (_what, more, message) => {
    const { status, text, json } = await askForLeave(server, source(more));
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 400, message: expect.stringMatching(message) });
    for (const secret of [key.key, key.encoded, "sesame"]) expect(text).not.toContain(secret);
  });

  it("an embedding of other dimensions", async () => {
    const { status, json } = await askForLeave(server, source(vectorParameters("vector", 7)));
    expect(status).toBe(400);
    expect(json.error.message).toMatch(
      /'vector' of index 'handbook' holds vectors of 32 dimensions, but .* gives 7/u,
    );
  });

  it("a host the operator has not allowed", async () => {
    await using closed = await startTestServer();
    const { status, json } = await askForLeave(closed, source());
    expect(status).toBe(400);
    expect(json.error.message).toContain("GROUNDWIRE_ALLOW_HOSTS=127.0.0.1");
  });
});
