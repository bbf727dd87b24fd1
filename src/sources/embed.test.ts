import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { type EmbeddingHost, startEmbeddingHost } from "../testing/embedding-host.ts";
import { openTestContext, type TestContext } from "../testing/source-context.ts";
import { trustTestCertificate } from "../testing/test-certificate.ts";
import { wordVector } from "../testing/word-vector.ts";
import type { OutsideEmbedding } from "./embed.ts";

trustTestCertificate();

const { signal } = new AbortController();
const KEY = "embedding-key-91ab";

let host: EmbeddingHost;
let context: TestContext;
beforeAll(async () => {
  host = await startEmbeddingHost({ tls: true });
  context = openTestContext({
    subject: "x",
    identities: [
      {
        hosts: [{ host: "localhost", isSuffix: false, port: host.port }],
        resourceIds: [],
        credential: { type: "api_key", key: "of-the-operator" },
      },
    ],
  });
});
afterAll(async () => {
  await context[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});
beforeEach(() => {
  host.calls.length = 0;
  host.answer = null;
});

type Endpoint = Extract<OutsideEmbedding, { type: "endpoint" }>;
const endpoint = (more: Partial<Endpoint> = {}): Endpoint => ({
  type: "endpoint",
  endpoint: `${host.url}/openai/deployments/ada/embeddings`,
  authentication: { type: "api_key", key: KEY },
  dimensions: null,
  ...more,
});

describe("an endpoint", () => {
  test("is called as Azure OpenAI is, and its vectors come in order", async () => {
    const texts = ["annual leave", "printers"];
    const embedded = await context.embed(endpoint(), texts, signal);
    expect(embedded.vectors).toEqual(texts.map((text) => Float32Array.from(wordVector(text, 32))));
    expect(embedded).toMatchObject({
      dimensions: 32,
      by: `the endpoint at localhost:${host.port}`,
    });
    expect(host.calls[0]).toMatchObject({
      path: "/openai/deployments/ada/embeddings?api-version=2024-10-21",
      headers: { "api-key": KEY },
      body: { input: texts },
    });
  });

  test("gives as many dimensions as are wanted", async () => {
    const { dimensions } = await context.embed(endpoint({ dimensions: 5 }), ["a"], signal);
    expect(dimensions).toBe(5);
  });

  test("of the v1 routes has no version", async () => {
    await context.embed(endpoint({ endpoint: `${host.url}/openai/v1/embeddings` }), ["a"], signal);
    expect(host.calls[0]?.path).toBe("/openai/v1/embeddings");
  });

  test.each([
    [{ type: "access_token", accessToken: "t-1" }, { authorization: "Bearer t-1" }],
    [{ type: "system_assigned_managed_identity" }, { "api-key": "of-the-operator" }],
  ] as const)("lets in by %o", async (authentication, headers) => {
    await context.embed(endpoint({ authentication }), ["a"], signal);
    expect(host.calls[0]?.headers).toMatchObject(headers);
  });

  test.each([
    [401, "data_source_invalid"],
    [404, "data_source_invalid"],
    [429, "data_source_throttled"],
    [500, "data_source_unavailable"],
  ])("that answers %i is named, without its key", async (status, code) => {
    // A host may repeat what it was sent.
    host.answer = { status, headers: { "retry-after": "60" }, body: { error: `no to ${KEY}` } };
    const error: Error = await context.embed(endpoint(), ["a"], signal).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(`The embedding endpoint at localhost:${host.port}`);
    expect(error.message).toContain("no to ***");
    expect(error.message).not.toContain(KEY);
  });

  test.each<[string, unknown]>([
    ["no vectors", { data: [] }],
    [
      "vectors of several lengths",
      {
        data: [
          { index: 0, embedding: [1, 2] },
          { index: 1, embedding: [1] },
        ],
      },
    ],
    ["something else", { choices: [] }],
  ])("that answers with %s is no embedding model", async (_what, body) => {
    host.answer = { status: 200, body };
    await expect(context.embed(endpoint(), ["a", "b"], signal)).rejects.toThrow(
      "2 vectors of one length",
    );
  });

  test("within this network is not reached unless it is listed", async () => {
    const inside = endpoint({ endpoint: "https://10.0.0.9/openai/deployments/ada/embeddings" });
    await expect(context.embed(inside, ["a"], signal)).rejects.toMatchObject({
      code: "host_not_allowed",
    });
  });
});

test("a deployment there is not is named", async () => {
  const dependency = { type: "deployment_name" as const, deploymentName: "ada", dimensions: null };
  await expect(context.embed(dependency, ["a"], signal)).rejects.toMatchObject({
    code: "data_source_invalid",
    message: expect.stringContaining("names the deployment 'ada'"),
  });
});
