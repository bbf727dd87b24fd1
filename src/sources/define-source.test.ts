import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, test } from "vitest";

import type { ElasticsearchSource } from "../protocol/data-sources/other-indexes.ts";
import { NO_MAPPING } from "../protocol/data-sources/parts.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { openTestContext } from "../testing/source-context.ts";
import { KIT_DIMENSIONS, KIT_DOCUMENTS } from "../testing/source-documents.ts";
import { type SourceStand, testHttpFaults, testSource } from "../testing/source-kit.ts";
import {
  createDiscoveries,
  defineSource,
  discoveryKey,
  type SourceDriver,
} from "./define-source.ts";
import { statusError, refuseDimensions } from "./source-errors.ts";

const KEY = "engine-key-77aa";

/** The least engine there can be: `GET /{index}` tells the dimensions, `POST /{index}` scores by a vector. */
async function startEngine(): Promise<{ url: string; server: Server }> {
  const server = createServer((request, reply) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const answer = (status: number, body: unknown): void =>
        void reply.writeHead(status).end(JSON.stringify(body));
      if (request.headers.authorization !== KEY) {
        answer(401, { error: `no key ${request.headers.authorization}` });
      } else if (request.url !== "/handbook") answer(404, { error: "no such index" });
      else if (request.method === "GET") answer(200, { dimensions: KIT_DIMENSIONS });
      else {
        const { vector, limit } = JSON.parse(Buffer.concat(pieces).toString("utf8"));
        const hits = KIT_DOCUMENTS.map((document) => ({
          ...document,
          score: document.vector.reduce((sum, value, index) => sum + value * vector[index], 0),
        }));
        answer(200, hits.toSorted((left, right) => right.score - left.score).slice(0, limit));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server };
}

/** The least driver there can be. */
function leastDriver(): SourceDriver {
  const discoveries = createDiscoveries<number>();
  return defineSource({
    type: "elasticsearch",
    capabilities: { filters: false, vectors: true },
    open({ endpoint, indexName, authentication, embedding }, { http, embed }) {
      if (authentication.type !== "encoded_api_key" || embedding?.type !== "deployment_name") {
        throw new Error("not in this test");
      }
      const url = new URL(`${endpoint}/${indexName}`);
      const place = `index '${indexName}'`;
      async function ask(signal: AbortSignal, body?: object): Promise<unknown> {
        const headers = { authorization: KEY };
        if (authentication.type === "encoded_api_key")
          headers.authorization = authentication.encodedApiKey;
        const reply = await http.request({ url, headers, body, signal });
        if (reply.status === 200) return reply.body;
        throw statusError(reply, { subject: "elasticsearch", url, place, explanation: reply.text });
      }
      return {
        type: "elasticsearch",
        scoreKind: "cosine",
        async search({ text, limit, signal }) {
          const expected = await discoveries.get(discoveryKey(authentication, url.href), {
            signal,
            load: async (loading) => ((await ask(loading)) as { dimensions: number }).dimensions,
          });
          const embedded = await embed(embedding, [text], signal);
          refuseDimensions(embedded, { expected, subject: "elasticsearch", place });
          const hits = (await ask(signal, { limit, vector: [...(embedded.vectors[0] ?? [])] })) as {
            id: string;
            content: string;
            title: string;
            url: string;
            filepath: string;
            score: number;
          }[];
          return hits.map((hit) => ({
            ...hit,
            matched: hit.content,
            chunkId: hit.id,
            relevance: Math.max(0, hit.score),
            rerankScore: null,
            page: null,
            headingPath: [],
            anchor: null,
          }));
        },
      };
    },
  });
}

function settings(more: Partial<ElasticsearchSource> = {}): ElasticsearchSource {
  return {
    type: "elasticsearch",
    endpoint: "http://127.0.0.1:1",
    indexName: "handbook",
    authentication: { type: "encoded_api_key", encodedApiKey: KEY },
    fieldsMapping: NO_MAPPING,
    queryType: "vector",
    embedding: {
      type: "deployment_name",
      deploymentName: `words-${KIT_DIMENSIONS}`,
      dimensions: null,
    },
    ...more,
  };
}

async function start(): Promise<SourceStand & { url: string }> {
  const { url, server } = await startEngine();
  const context = openTestContext({ subject: "elasticsearch" });
  // Every opening discovers anew, so that every request of it can fail.
  return {
    url,
    secrets: [KEY],
    open: ({
      url: endpoint = url,
      secret = KEY,
      index = "handbook",
      dimensions = KIT_DIMENSIONS,
    } = {}) =>
      leastDriver().open(
        settings({
          endpoint,
          indexName: index,
          authentication: { type: "encoded_api_key", encodedApiKey: secret },
          embedding: {
            type: "deployment_name",
            deploymentName: `words-${dimensions}`,
            dimensions: null,
          },
        }),
        context,
      ),
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

testSource("the least driver", {
  capabilities: leastDriver().capabilities,
  inspects: false,
  start,
});
testHttpFaults("the least driver", { requestsBefore: 1, start });

const query = {
  text: "leave",
  limit: 5,
  allowPartial: false,
  signal: new AbortController().signal,
};

test("what a driver says of its secrets is masked, also in forms they travel in", async () => {
  const driver = defineSource({
    type: "elasticsearch",
    capabilities: { filters: false, vectors: false },
    open: () => ({
      type: "elasticsearch",
      scoreKind: "lexical",
      search: async () => {
        const encoded = Buffer.from("my-id:my-key-1").toString("base64");
        throw new GroundwireError("data_source_throttled", `no my-key-1, no ${encoded}`, {
          retryAfter: 3,
        });
      },
    }),
  });
  const authentication = { type: "key_and_key_id" as const, key: "my-key-1", keyId: "my-id" };
  await using context = openTestContext({ subject: "x" });
  const search = driver.open(settings({ authentication }), context).search(query);
  await expect(search).rejects.toMatchObject({ message: "no ***, no ***", retryAfter: 3 });
});

test("a source of another type is a mistake of ours", async () => {
  await using context = openTestContext({ subject: "x" });
  expect(() => leastDriver().open({ type: "named", name: "policies", given: {} }, context)).toThrow(
    "named",
  );
});
