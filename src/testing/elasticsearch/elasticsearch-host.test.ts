import { readFileSync } from "node:fs";

import { Client, errors } from "@elastic/elasticsearch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ElasticsearchHost, startElasticsearchHost } from "./elasticsearch-host.ts";
import { type Recording, recordExchanges } from "./exchanges.ts";

const RECORDED = new URL("../../../test/fixtures/elasticsearch/exchanges.json", import.meta.url);

let host: ElasticsearchHost;
beforeAll(async () => {
  host = await startElasticsearchHost();
});
afterAll(() => host[Symbol.asyncDispose]());

describe("beside recordings of a real Elasticsearch", () => {
  // The file's own type is written by the function that records.
  const recorded = JSON.parse(readFileSync(RECORDED, "utf8")) as Recording[];
  let answered: Recording[];
  beforeAll(async () => {
    answered = await recordExchanges(host);
  });

  it.each(recorded)("answers '$name' alike", (recording) => {
    expect(answered.find(({ name }) => name === recording.name)).toEqual(recording);
  });
});

describe("to the official client", () => {
  const encoded = (): string => host.authorization.replace("Basic ", "");
  function clientWith(auth: ConstructorParameters<typeof Client>[0]["auth"]): Client {
    return new Client({ node: host.url, ...(auth === undefined ? {} : { auth }), maxRetries: 0 });
  }
  let admin: Client;
  let reader: Client;
  beforeAll(async () => {
    const [username = "", password = ""] = Buffer.from(encoded(), "base64").toString().split(":");
    admin = clientWith({ username, password });
    await admin.indices.create({
      index: "cranes",
      mappings: {
        properties: { content: { type: "text" }, vector: { type: "dense_vector", dims: 2 } },
      },
    });
    await admin.helpers.bulk({
      datasource: [
        { content: "The crane lifts 42 tonnes.", vector: [1, 0] },
        { content: "The gate opens at six.", vector: [0, 1] },
      ],
      onDocument: ({ content }) => ({ index: { _index: "cranes", _id: content.slice(4, 9) } }),
    });
    const key = await admin.security.createApiKey({
      name: "reader",
      role_descriptors: {
        reader: { indices: [{ names: ["cranes"], privileges: ["read", "view_index_metadata"] }] },
      },
    });
    reader = clientWith({ apiKey: { id: key.id, api_key: key.api_key } });
  });
  afterAll(async () => {
    await admin.close();
    await reader.close();
  });

  it("is Elasticsearch: it shows a mapping", async () => {
    const mapping = await reader.indices.getMapping({ index: "cranes" });
    expect(mapping["cranes"]?.mappings.properties?.["vector"]).toMatchObject({
      type: "dense_vector",
      dims: 2,
      similarity: "cosine",
    });
  });

  it("finds by words and by vectors", async () => {
    const query = { multi_match: { query: "how many tonnes", fields: ["content"] } };
    const words = await reader.search({ index: "cranes", query });
    expect(words.hits.hits.map(({ _id }) => _id)).toEqual(["crane"]);
    const knn = { field: "vector", query_vector: [0.1, 0.9], k: 1, num_candidates: 10 };
    const vectors = await reader.search({ index: "cranes", knn });
    expect(vectors.hits.hits.map(({ _id }) => _id)).toEqual(["gate "]);
  });

  it("fails with the errors it knows", async () => {
    const failure = async (search: Promise<unknown>): Promise<[number | undefined, unknown]> => {
      const error: unknown = await search.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(errors.ResponseError);
      const { statusCode, body } = error as InstanceType<typeof errors.ResponseError>;
      return [statusCode, (body as { error: { type: string } }).error.type];
    };
    expect(await failure(reader.search({ index: "gates" }))).toEqual([403, "security_exception"]);
    expect(await failure(admin.search({ index: "gates" }))).toEqual([
      404,
      "index_not_found_exception",
    ]);
    const unknown = clientWith({ apiKey: "dW5rbm93bjprZXk=" });
    expect(await failure(unknown.search({ index: "cranes" }))).toEqual([401, "security_exception"]);
    await unknown.close();
    host.trouble = "rejected";
    expect(await failure(reader.search({ index: "cranes" }))).toEqual([
      429,
      "es_rejected_execution_exception",
    ]);
    host.trouble = "timed out";
    expect(await reader.search({ index: "cranes" })).toMatchObject({ timed_out: true });
    host.trouble = null;
  });

  it("embeds by a model of its own", async () => {
    host.models["two-words"] = (text) => [
      text.includes("crane") ? 1 : 0,
      text.includes("gate") ? 1 : 0,
    ];
    const query_vector_builder = {
      text_embedding: { model_id: "two-words", model_text: "the gate" },
    };
    const knn = { field: "vector", query_vector_builder, k: 1, num_candidates: 10 };
    const { hits } = await reader.search({ index: "cranes", knn });
    expect(hits.hits.map(({ _id }) => _id)).toEqual(["gate "]);
  });
});
