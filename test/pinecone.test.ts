import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type EmbeddingHost, startEmbeddingHost } from "../src/testing/embedding-host.ts";
import { addIndex, addRecords } from "../src/testing/pinecone/indexes.ts";
import { type PineconeHost, startPineconeHost } from "../src/testing/pinecone/pinecone-host.ts";
import { KIT_DIMENSIONS, KIT_DOCUMENTS } from "../src/testing/source-documents.ts";
import { askForLeave, expectCitedAnswer } from "./support/cited-answer.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const RECORDS = KIT_DOCUMENTS.map(({ id, vector, ...metadata }) => ({
  id,
  values: vector,
  metadata,
  sparse: metadata.content,
}));

let host: PineconeHost;
let embeddings: EmbeddingHost;
let server: TestServer;
beforeAll(async () => {
  host = await startPineconeHost();
  embeddings = await startEmbeddingHost();
  const dimension = KIT_DIMENSIONS;
  const embed = { model: "multilingual-e5-large", field: "content" };
  await addIndex(host, { name: "handbook", dimension });
  await addIndex(host, { name: "handbook-hybrid", dimension, metric: "dotproduct" });
  await addIndex(host, { name: "handbook-integrated", dimension, embed });
  for (const name of host.indexes.keys()) await addRecords(host, name, RECORDS);
  server = await startTestServer({ GROUNDWIRE_ALLOW_HOSTS: "127.0.0.1" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await embeddings[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const source = (more: object = {}) => ({
  type: "pinecone",
  parameters: {
    environment: host.url,
    index_name: "handbook",
    // As Microsoft's sample application writes the key.
    authentication: { type: "api_key", api_key: host.key },
    fields_mapping: { content_fields: ["content"] },
    embedding_dependency: embedding(),
    ...more,
  },
});

function embedding(dimensions?: number) {
  return {
    type: "endpoint",
    endpoint: `${embeddings.url}/openai/deployments/words/embeddings`,
    authentication: { type: "api_key", key: "embedding-key-1" },
    dimensions,
  };
}

describe("a question about an index of Pinecone", () => {
  it.each([
    ["vectors", {}],
    [
      "vectors and words",
      { index_name: "handbook-hybrid", sparse_model: "pinecone-sparse-english-v0" },
    ],
    [
      "the index's own model",
      { index_name: "handbook-integrated", embedding_dependency: { type: "integrated" } },
    ],
  ])("is answered by %s, with citations that resolve", async (_by, more) => {
    expectCitedAnswer(await askForLeave(server, source(more)));
  });

  it("is streamed", async () => {
    const { text } = await askForLeave(server, source(), { stream: true });
    expect(text).toContain("[doc1]");
    expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
  });
});

describe("what is wrong is told in the service's shape, without a secret:", () => {
  it.each([
    ["an index there is not", { index_name: "policies" }, /status 404 for index 'policies'/u],
    [
      "a key nobody gave out",
      { authentication: { type: "api_key", key: "sesame-3" } },
      /status 401/u,
    ],
    ["a namespace there is not", { namespace: "staff" }, /namespace 'staff'.*'__default__'/u],
    [
      "content that no record has",
      { fields_mapping: { content_fields: ["text"] } },
      /no text in 'text'.*'title', .*'content'/u,
    ],
  ])("%s", async (_what, more, message) => {
    const { status, text, json } = await askForLeave(server, source(more));
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 400, message: expect.stringMatching(message) });
    for (const secret of [host.key, "sesame-3"]) expect(text).not.toContain(secret);
  });

  it("an embedding of other dimensions", async () => {
    const { status, json } = await askForLeave(
      server,
      source({ embedding_dependency: embedding(7) }),
    );
    expect(status).toBe(400);
    expect(json.error.message).toMatch(
      /index 'handbook' holds vectors of 32 dimensions, but .* gives 7/u,
    );
  });
});
