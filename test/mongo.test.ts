import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type EmbeddingHost, startEmbeddingHost } from "../src/testing/embedding-host.ts";
import {
  HANDBOOK,
  HANDBOOK_FIELDS,
  READER,
  startFilledHost,
} from "../src/testing/mongo-host/filled-host.ts";
import type { MongoHost } from "../src/testing/mongo-host/mongo-host.ts";
import { KIT_DOCUMENTS } from "../src/testing/source-documents.ts";
import { trustTestCertificate } from "../src/testing/test-certificate.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

trustTestCertificate();

const TYPES = ["azure_cosmos_db", "mongo_db"] as const;
type MongoType = (typeof TYPES)[number];

let hosts: Record<MongoType, MongoHost>;
let embeddings: EmbeddingHost;
let server: TestServer;
beforeAll(async () => {
  hosts = {
    azure_cosmos_db: await startFilledHost({ flavour: "vcore" }),
    mongo_db: await startFilledHost({ flavour: "atlas" }),
  };
  embeddings = await startEmbeddingHost();
  server = await startTestServer({ GROUNDWIRE_ALLOW_HOSTS: "localhost,127.0.0.1" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  for (const host of Object.values(hosts)) {
    // The server has closed what it kept.
    expect(host.connections()).toBe(0);
    await host[Symbol.asyncDispose]();
  }
  await embeddings[Symbol.asyncDispose]();
});

const { username, password } = READER;

function source(type: MongoType, more: object = {}): { type: MongoType; parameters: object } {
  const { address } = hosts[type];
  const { contentFields, vectorFields, titleField, urlField, filepathField } = HANDBOOK_FIELDS;
  const shared = {
    database_name: HANDBOOK.database,
    index_name: HANDBOOK.index,
    fields_mapping: {
      content_fields: contentFields,
      vector_fields: vectorFields,
      title_field: titleField,
      url_field: urlField,
      filepath_field: filepathField,
    },
    embedding_dependency: embedding(),
    include_contexts: ["citations", "intent", "all_retrieved_documents"],
  };
  const own = {
    azure_cosmos_db: {
      container_name: HANDBOOK.collection,
      authentication: {
        type: "connection_string",
        connection_string: connectionString(hosts[type]),
      },
    },
    mongo_db: {
      endpoint: address,
      app_name: "handbook-app",
      collection_name: HANDBOOK.collection,
      authentication: { type: "username_and_password", username, password },
    },
  };
  return { type, parameters: { ...shared, ...own[type], ...more } };
}

function connectionString({ address }: MongoHost): string {
  return `mongodb://${username}:${password}@${address}/?tls=true&authMechanism=SCRAM-SHA-256&retrywrites=false`;
}

function embedding(dimensions?: number): object {
  const endpoint = `${embeddings.url}/openai/deployments/words/embeddings`;
  const authentication = { type: "api_key", key: "embedding-key-1" };
  return { type: "endpoint", endpoint, authentication, dimensions };
}

const ask = (sources: object[], more: object = {}, on = server) =>
  on.call("POST", "/openai/deployments/gpt-4o/chat/completions?api-version=2024-12-01-preview", {
    messages: [{ role: "user", content: "How many days of annual leave do employees get?" }],
    data_sources: sources,
    ...more,
  });

describe.each(TYPES)("a question about a collection by %s", (type) => {
  it("is answered with a citation that resolves", async () => {
    const { status, json } = await ask([source(type)]);
    expect(status).toBe(200);
    const { content, context } = json.choices[0].message;
    expect(content).toContain("thirty days of annual leave");
    expect(content).toContain("[doc1]");
    const [document] = KIT_DOCUMENTS;
    expect(context.citations[0]).toMatchObject({
      content: document?.content,
      title: document?.title,
      url: document?.url,
      filepath: document?.filepath,
      chunk_id: "0",
    });
    const [retrieved] = context.all_retrieved_documents;
    expect(retrieved.original_search_score).toBeGreaterThan(0.5);
    expect(embeddings.calls.at(-1)?.headers["api-key"]).toBe("embedding-key-1");
  });

  it("is streamed", async () => {
    const { text } = await ask([source(type)], { stream: true });
    expect(text).toContain("Annual leave");
    expect(text).toContain("[doc1]");
    expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
  });

  it.each([
    ["an index there is not", { index_name: "policies" }, /'policies'.*'vectors'/u],
    ["a database there is not", { database_name: "sales" }, /'sales.handbook'/u],
    ["a field that would be a command", { fields_mapping: mapping("$where") }, /'\$where'/u],
  ])("is refused for %s, in the service's shape", async (_what, more, message) => {
    const { status, json, text } = await ask([source(type, more)]);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 400, message: expect.stringMatching(message) });
    expect(text).not.toContain(password);
  });

  it("is refused for an embedding of another length before anything is searched", async () => {
    const { status, json } = await ask([source(type, { embedding_dependency: embedding(7) })]);
    expect(status).toBe(400);
    expect(json.error.message).toMatch(
      /index 'vectors' of collection 'hr.handbook' holds vectors of 32 dimensions, but .* gives 7/u,
    );
  });

  it("is refused when the operator has not allowed the host", async () => {
    await using closed = await startTestServer();
    const { status, json, text } = await ask([source(type)], {}, closed);
    expect(status).toBe(400);
    expect(json.error.message).toContain(`GROUNDWIRE_ALLOW_HOSTS=localhost:${hosts[type].port}`);
    expect(text).not.toContain(password);
  });

  it("is a bad gateway when the host fails, and is answered when it is back", async () => {
    const host = hosts[type];
    const command = "aggregate";
    await ask([source(type)]);
    host.fault(command, { type: "reset", midReply: false }, { times: 2 });
    const { status, json, text } = await ask([source(type)]);
    expect(status).toBe(502);
    expect(json.error.message).toContain(`${type} at ${host.address}`);
    expect(text).not.toContain(password);
    expect((await ask([source(type)])).status).toBe(200);
  });
});

function mapping(contentField: string): object {
  return { content_fields: [contentField], vector_fields: ["embedding"] };
}

it("a wrong password is told as such, without it", async () => {
  const authentication = { type: "username_and_password", username, password: "sesame-99" };
  const { status, json, text } = await ask([source("mongo_db", { authentication })]);
  expect(status).toBe(400);
  expect(json.error.message).toContain("Check user name and password in 'authentication'");
  expect(text).not.toContain("sesame-99");
});

it("both are searched for one question, and each says what it found", async () => {
  const { status, json } = await ask(TYPES.map((type) => source(type)));
  expect(status).toBe(200);
  const retrieved = json.choices[0].message.context.all_retrieved_documents;
  expect(new Set(retrieved.map((one: any) => one.data_source_index))).toEqual(new Set([0, 1]));
});

it("a source that the operator names needs neither a host allowed nor a secret in the request", async () => {
  const folder = await mkdtemp(join(tmpdir(), "groundwire-mongo-"));
  const path = join(folder, "groundwire.yaml");
  const { parameters } = source("azure_cosmos_db");
  const authentication = { type: "connection_string", connection_string: "${COSMOS}" };
  const handbook = { type: "azure_cosmos_db", parameters: { ...parameters, authentication } };
  await writeFile(path, JSON.stringify({ sources: { handbook } }));
  await using named = await startTestServer({
    GROUNDWIRE_CONFIG: path,
    COSMOS: connectionString(hosts.azure_cosmos_db),
  });
  const { status, json } = await ask(
    [{ type: "named", parameters: { name: "handbook" } }],
    {},
    named,
  );
  await rm(folder, { recursive: true });
  expect(status).toBe(200);
  expect(json.choices[0].message.content).toContain("thirty days of annual leave");
});

it("who leaves ends the search in the database", async () => {
  const host = hosts.azure_cosmos_db;
  host.fault("aggregate", { type: "stall" }, { times: 1 });
  const controller = new AbortController();
  const asked = fetch(`${server.url}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "gpt-4o",
      messages: [{ role: "user", content: "How many days of annual leave are there?" }],
      data_sources: [source("azure_cosmos_db")],
    }),
    signal: controller.signal,
  }).catch(() => null);
  await expect.poll(() => host.stalled()).toBe(1);
  controller.abort();
  await asked;
  await expect.poll(() => host.abandoned).toContain("aggregate");
});
