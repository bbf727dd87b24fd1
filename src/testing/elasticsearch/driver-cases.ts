import { randomUUID } from "node:crypto";

import { describe } from "vitest";

import type { ElasticsearchSource } from "../../protocol/data-sources/other-indexes.ts";
import { elasticsearch } from "../../sources/elasticsearch/elasticsearch.ts";
import { openTestContext, SHORT_LIMITS } from "../source-context.ts";
import { KIT_DIMENSIONS, KIT_DOCUMENTS } from "../source-documents.ts";
import { type SourceStand, testHttpFaults, testSource } from "../source-kit.ts";
import { createApiKey, indexCalls, prepareServer } from "./calls.ts";
import { testIndexes } from "./index-cases.ts";
import { DENSE, elasticsearchSettings, type TestServers, wordEmbedding } from "./settings.ts";

const KIT_INDEX = {
  id: { type: "keyword" },
  title: { type: "text" },
  content: { type: "text" },
  url: { type: "keyword" },
  filepath: { type: "keyword" },
  group: { type: "keyword" },
  vector: DENSE,
};

/** Everything the driver must do that a real server and the host of these tests can both show. */
export function testElasticsearch(name: string, servers: TestServers): void {
  for (const queryType of ["simple", "vector", "vector_simple_hybrid"] as const) {
    testSource(`elasticsearch, ${queryType}, ${name}`, {
      capabilities: { filters: false, vectors: queryType !== "simple" },
      start: () => startStand(servers, queryType),
    });
  }
  testHttpFaults(`elasticsearch, ${name}`, {
    requestsBefore: 1,
    start: () => startStand(servers, "vector"),
  });
  describe(`elasticsearch: ${name}`, () => testIndexes(servers));
}

async function startStand(
  { start, limits = SHORT_LIMITS }: TestServers,
  queryType: ElasticsearchSource["queryType"],
): Promise<SourceStand & { url: string }> {
  const server = await start();
  const kit = `kit-${randomUUID()}`;
  const documents = KIT_DOCUMENTS.map((document) => ({ ...document }));
  await prepareServer(server, indexCalls(kit, KIT_INDEX, documents));
  const key = await createApiKey(server, {
    names: [kit, "no-such-index"],
    privileges: ["read", "view_index_metadata"],
  });
  const context = openTestContext({ subject: "elasticsearch", limits });
  return {
    url: server.url,
    secrets: [key.key, key.encoded],
    open: ({ url = server.url, secret, index = kit, dimensions = KIT_DIMENSIONS } = {}) =>
      elasticsearch().open(
        elasticsearchSettings({
          endpoint: url,
          authentication: { type: "key_and_key_id", keyId: key.id, key: secret ?? key.key },
          indexName: index,
          queryType,
          embedding: wordEmbedding(dimensions),
        }),
        context,
      ),
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
