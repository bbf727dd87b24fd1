import { Errors, Pinecone } from "@pinecone-database/pinecone";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { wordVector } from "../word-vector.ts";
import { type PineconeHost, startPineconeHost } from "./pinecone-host.ts";

let host: PineconeHost;
let client: Pinecone;
beforeAll(async () => {
  host = await startPineconeHost();
  client = new Pinecone({ apiKey: host.key, controllerHostUrl: host.url, maxRetries: 0 });
});
afterAll(() => host[Symbol.asyncDispose]());

const SPEC = { serverless: { cloud: "aws" as const, region: "us-east-1" } };

describe("to the official client", () => {
  it("makes and describes an index", async () => {
    await client.createIndex({ name: "cranes", dimension: 2, metric: "euclidean", spec: SPEC });
    expect(await client.describeIndex("cranes")).toMatchObject({
      name: "cranes",
      dimension: 2,
      metric: "euclidean",
      vectorType: "dense",
      host: host.hostOf("cranes"),
      status: { ready: true, state: "Ready" },
    });
  });

  it("finds the nearest vectors of a namespace, on the index's own host; euclidean scores are squares", async () => {
    const index = client.index({ name: "cranes" });
    await index.upsert({
      records: [
        { id: "a", values: [0, 0], metadata: { text: "gate" } },
        { id: "b", values: [3, 4], metadata: { text: "crane" } },
      ],
    });
    const found = await index.query({ vector: [3, 3], topK: 2, includeMetadata: true });
    expect(found.matches.map(({ id, score, metadata }) => [id, score, metadata])).toEqual([
      ["b", 1, { text: "crane" }],
      ["a", 18, { text: "gate" }],
    ]);
    const elsewhere = index.namespace("elsewhere");
    expect((await elsewhere.query({ vector: [3, 3], topK: 2 })).matches).toEqual([]);
    expect(await index.describeIndexStats()).toMatchObject({
      dimension: 2,
      totalRecordCount: 2,
      namespaces: { __default__: { recordCount: 2 } },
    });
  });

  it("adds up dense and sparse scores where the metric is the dot product", async () => {
    await client.createIndex({ name: "hybrid", dimension: 2, metric: "dotproduct", spec: SPEC });
    const index = client.index({ name: "hybrid" });
    const sparseValues = { indices: [7, 9], values: [0.5, 1] };
    await index.upsert({ records: [{ id: "a", values: [1, 0], sparseValues }] });
    const sparseVector = { indices: [7], values: [2] };
    const { matches } = await index.query({ vector: [3, 0], sparseVector, topK: 1 });
    expect(matches[0]?.score).toBe(4);
  });

  it("embeds texts of an index that has a model", async () => {
    await client.createIndexForModel({
      name: "texts",
      cloud: "aws",
      region: "us-east-1",
      embed: { model: "multilingual-e5-large", fieldMap: { text: "chunk_text" } },
    });
    const index = client.index({ name: "texts" });
    await index.upsertRecords({
      records: [
        { _id: "a", chunk_text: "The crane lifts tonnes." },
        { _id: "b", chunk_text: "The gate opens." },
      ],
    });
    const { result } = await index.searchRecords({ query: { topK: 1, inputs: { text: "crane" } } });
    expect(result.hits).toMatchObject([
      { _id: "a", fields: { chunk_text: "The crane lifts tonnes." } },
    ]);
  });

  it("embeds by models that make sparse vectors, and by those that make dense ones", async () => {
    const embed = (model: string) =>
      client.inference.embed({ model, inputs: ["crane"], parameters: { inputType: "query" } });
    const sparse = await embed("pinecone-sparse-english-v0");
    expect(sparse.data[0]).toMatchObject({ vectorType: "sparse", sparseValues: [1] });
    const dense = await embed("multilingual-e5-large");
    expect(dense.data[0]).toMatchObject({ vectorType: "dense", values: wordVector("crane", 32) });
  });

  it("fails with the errors it knows", async () => {
    await expect(client.describeIndex("gone")).rejects.toBeInstanceOf(Errors.PineconeNotFoundError);
    const stranger = new Pinecone({ apiKey: "wrong", controllerHostUrl: host.url, maxRetries: 0 });
    const unauthorized = Errors.PineconeAuthorizationError;
    await expect(stranger.describeIndex("cranes")).rejects.toBeInstanceOf(unauthorized);
    const index = stranger.index({ name: "cranes", host: host.hostOf("cranes") });
    await expect(index.query({ vector: [1, 1], topK: 1 })).rejects.toBeInstanceOf(unauthorized);
    const query = client.index({ name: "cranes" }).query({ vector: [1, 2, 3], topK: 1 });
    await expect(query).rejects.toBeInstanceOf(Errors.PineconeBadRequestError);
    await expect(query).rejects.toThrow(
      "Vector dimension 3 does not match the dimension of the index 2",
    );
  });
});
