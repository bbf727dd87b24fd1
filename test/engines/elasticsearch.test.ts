import { afterAll, beforeAll, expect, it } from "vitest";

import { elasticsearch } from "../../src/sources/elasticsearch/elasticsearch.ts";
import {
  callServer,
  createApiKey,
  indexCalls,
  prepareServer,
} from "../../src/testing/elasticsearch/calls.ts";
import { testElasticsearch } from "../../src/testing/elasticsearch/driver-cases.ts";
import { recordExchanges } from "../../src/testing/elasticsearch/exchanges.ts";
import { elasticsearchSettings } from "../../src/testing/elasticsearch/settings.ts";
import { openTestContext, SHORT_LIMITS } from "../../src/testing/source-context.ts";
import { KIT_DOCUMENTS } from "../../src/testing/source-documents.ts";
import {
  ELASTICSEARCH_START_MS,
  type RealElasticsearch,
  startElasticsearch,
} from "../support/elasticsearch/server.ts";
import { startTestServer } from "../support/server.ts";

/** Long enough for a server that has just started, on a machine with other work. */
const REAL_LIMITS = { ...SHORT_LIMITS, totalMs: 10_000, headersMs: 2_000, idleMs: 2_000 };

let server: RealElasticsearch;
beforeAll(async () => {
  server = await startElasticsearch();
}, ELASTICSEARCH_START_MS);
afterAll(() => server?.[Symbol.asyncDispose]());

it("answers as recorded: `vitest -u` records anew", async () => {
  const recordings = await recordExchanges(server);
  await expect(`${JSON.stringify(recordings, null, 2)}\n`).toMatchFileSnapshot(
    "../fixtures/elasticsearch/exchanges.json",
  );
});

testElasticsearch("a real server", {
  // It outlives each of their parts.
  start: async () => ({ ...server, [Symbol.asyncDispose]: async () => {} }),
  limits: REAL_LIMITS,
});

it("a question over HTTP is answered from it, with a citation", async () => {
  const text = { type: "text" };
  const documents = KIT_DOCUMENTS.map(({ id, title, content }) => ({ id, title, content }));
  await prepareServer(
    server,
    indexCalls("handbook-http", { title: text, content: text }, documents),
  );
  const key = await createApiKey(server, { names: ["handbook-http"], privileges: ["read"] });
  await using groundwire = await startTestServer({ GROUNDWIRE_ALLOW_HOSTS: "127.0.0.1" });
  const { json } = await groundwire.call("POST", "/openai/v1/chat/completions", {
    model: "gpt-4o",
    messages: [{ role: "user", content: "How many days of annual leave do employees get?" }],
    data_sources: [
      {
        type: "elasticsearch",
        parameters: {
          endpoint: server.url,
          index_name: "handbook-http",
          authentication: { type: "encoded_api_key", encoded_api_key: key.encoded },
        },
      },
    ],
  });
  const { content, context } = json.choices[0].message;
  expect(content).toMatch(/thirty days of annual leave.*\[doc1\]/su);
  expect(context.citations[0]).toMatchObject({ title: "Annual leave", chunk_id: "0" });
});

it("short of memory it is throttled, in its own words", async () => {
  const limit = (bytes: string | null): Promise<unknown> =>
    callServer(server, {
      method: "PUT",
      path: "/_cluster/settings",
      body: { transient: { "network.breaker.inflight_requests.limit": bytes } },
    });
  await prepareServer(
    server,
    indexCalls("short", { content: { type: "text" } }, [{ id: "1", content: "leave" }]),
  );
  const { encoded } = await createApiKey(server, { names: ["short"], privileges: ["read"] });
  await using context = openTestContext({ subject: "elasticsearch", limits: REAL_LIMITS });
  const source = elasticsearch().open(
    elasticsearchSettings({
      endpoint: server.url,
      indexName: "short",
      authentication: { type: "encoded_api_key", encodedApiKey: encoded },
    }),
    context,
  );
  const { signal } = new AbortController();
  await limit("10b");
  try {
    const search = source.search({ text: "leave", limit: 5, allowPartial: false, signal });
    await expect(search).rejects.toMatchObject({
      code: "data_source_throttled",
      message: expect.stringContaining("circuit_breaking_exception"),
    });
  } finally {
    await limit(null);
  }
});
