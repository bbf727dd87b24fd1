import { CohereClientV2 } from "cohere-ai";
import { Agent } from "undici";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";

import { startRerankHost, type RerankHost } from "../testing/rerank-host.ts";
import type { RerankModel } from "./model.ts";
import { createRerankEndpoint } from "./rerank-endpoint.ts";

const KEY = "co-secret";
const TEXTS = ["The cafeteria opens at noon.", "Annual leave is 27 days.", "Sick leave is paid."];

const dispatcher = new Agent();
let host: RerankHost;
let model: RerankModel;
const openWith = (apiKey: string): RerankModel =>
  createRerankEndpoint(
    { type: "endpoint", url: host.url, apiKey, model: "rerank-v3.5", seconds: 5 },
    dispatcher,
  );
beforeAll(async () => {
  host = await startRerankHost({ apiKey: KEY });
  model = openWith(KEY);
});
afterAll(async () => {
  await dispatcher.destroy();
  await host[Symbol.asyncDispose]();
});
const score = () => model.rerank("annual leave", TEXTS, new AbortController().signal);

test("the host speaks the protocol: Cohere's own client takes it for its service", async () => {
  const cohere = new CohereClientV2({
    token: KEY,
    environment: host.url.replace("/v2/rerank", ""),
  });
  const { results } = await cohere.rerank({
    model: "rerank-v3.5",
    query: "annual leave",
    documents: TEXTS,
    topN: 2,
  });
  expect(results.map(({ index }) => index)).toEqual([1, 2]);
});

describe("a rerank endpoint", () => {
  it("answers a score for each text, in the order of the texts", async () => {
    const [cafeteria = 0, annual = 0, sick = 0] = await score();
    expect(annual).toBeGreaterThan(Number(sick));
    expect(sick).toBeGreaterThan(Number(cafeteria));
    expect(host.requests.at(-1)).toEqual({
      model: "rerank-v3.5",
      query: "annual leave",
      documents: TEXTS,
      top_n: 3,
    });
  });

  it("may leave texts out, and may answer a bare list", async () => {
    host.next((reply) => reply.end('[{"index": 2, "score": -1.5}]'));
    expect(await score()).toEqual([null, null, -1.5]);
  });

  it.each([
    ["no JSON", "oops"],
    ["an index that there is not", '{"results":[{"index":7,"relevance_score":1}]}'],
    ["no scores", '{"results":[{"index":0}]}'],
    ["nothing", '{"results":[]}'],
  ])("that answers %s has failed", async (_what, body) => {
    host.next((reply) => reply.end(body));
    await expect(score()).rejects.toMatchObject({ code: "upstream_refused" });
  });

  it("that refuses the key is named, and the key is not", async () => {
    const refused = openWith("wrong-key").rerank("a", ["b"], new AbortController().signal);
    await expect(refused).rejects.toThrow(/127\.0\.0\.1.*refused the credentials/u);
    await expect(refused).rejects.not.toThrow(/wrong-key/u);
  });
});
