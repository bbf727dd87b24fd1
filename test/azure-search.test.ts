import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { KIT_INDEX, KIT_SEMANTIC, kitIndex } from "../src/testing/azure-search-host/kit-index.ts";
import { KIT_DOCUMENTS } from "../src/testing/source-documents.ts";
import { type AzureSearchStand, startAzureSearchStand } from "./support/azure-search.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

let stand: AzureSearchStand;
let server: TestServer;
beforeAll(async () => {
  stand = await startAzureSearchStand();
  server = await startTestServer(stand.environment);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stand[Symbol.asyncDispose]();
});
beforeEach(() => {
  stand.search.indexes.set(KIT_INDEX, kitIndex());
  stand.search.calls.length = 0;
});

const parameters = (more: object = {}) => ({
  endpoint: `${stand.search.url}/`,
  index_name: KIT_INDEX,
  authentication: { type: "api_key", key: stand.search.queryKey },
  embedding_dependency: { type: "deployment_name", deployment_name: "embedder" },
  semantic_configuration: KIT_SEMANTIC,
  include_contexts: ["citations", "intent", "all_retrieved_documents"],
  ...more,
});

const ask = (source: object, more: object = {}) =>
  server.call("POST", "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", {
    messages: [{ role: "user", content: "How many days of annual leave do employees get?" }],
    data_sources: [{ type: "azure_search", parameters: source }],
    ...more,
  });

describe.each([
  "simple",
  "semantic",
  "vector",
  "vector_simple_hybrid",
  "vector_semantic_hybrid",
  "vectorSemanticHybrid",
])("an index searched by %s", (query_type) => {
  it("grounds the answer and is cited", async () => {
    const { status, json } = await ask(parameters({ query_type }));
    expect(status).toBe(200);
    const { message } = json.choices[0];
    expect(message.content).toContain("thirty days of annual leave");
    expect(message.content).toContain("[doc1]");
    const [document] = KIT_DOCUMENTS;
    expect(message.context.citations[0]).toMatchObject({
      content: document?.content,
      title: document?.title,
      url: document?.url,
      filepath: document?.filepath,
      chunk_id: document?.id,
    });
    const [retrieved] = message.context.all_retrieved_documents;
    expect(retrieved.original_search_score).toBeGreaterThan(0);
  });
});

it("an embedding endpoint embeds the question", async () => {
  const endpoint = `${stand.embeddings.url}/openai/deployments/ada/embeddings?api-version=2023-03-15-preview`;
  const { status } = await ask(
    parameters({
      query_type: "vector",
      embedding_dependency: {
        type: "endpoint",
        endpoint,
        authentication: { type: "api_key", key: "embedding-key-1" },
      },
    }),
  );
  expect(status).toBe(200);
  const call = stand.embeddings.calls.at(-1);
  expect(call?.path).toBe("/openai/deployments/ada/embeddings?api-version=2024-10-21");
  expect(call?.headers["api-key"]).toBe("embedding-key-1");
});

it("a filter decides what an answer is made of", async () => {
  const filter = (group: string) => `group_ids/any(g:search.in(g, '${group}, x'))`;
  const allowed = await ask(parameters({ filter: filter("staff") }));
  expect(allowed.json.choices[0].message.content).toContain("thirty days");
  const refused = await ask(parameters({ filter: filter("sales") }));
  expect(refused.text).not.toContain("thirty days");
});

describe.each([false, true])("what goes wrong, when stream is %s,", (stream) => {
  const refusalOf = async (
    more: object,
  ): Promise<{ status: number; message: string; text: string }> => {
    const { status, json, text, headers } = await ask(parameters(more), { stream });
    expect(headers.get("content-type")).toContain("application/json");
    expect(json.error.code).toBe(status);
    return { status, message: json.error.message, text };
  };

  it("with the key is a bad request in the service's words, without the key", async () => {
    const { status, message, text } = await refusalOf({
      authentication: { type: "api_key", key: "sesame-77" },
    });
    expect(status).toBe(400);
    expect(message).toMatch(/^Invalid AzureCognitiveSearch configuration detected: Call to get/u);
    expect(message).toContain(
      "Azure Search Error: 403, message='Server responded with status 403.",
    );
    expect(text).not.toContain("sesame-77");
  });

  it("with the filter is a bad request that names the field", async () => {
    const { status, message } = await refusalOf({ filter: "team/any(t: t eq 'x')" });
    expect(status).toBe(400);
    expect(message).toContain("'team'");
  });

  it("with the embedding is a bad request that names the deployment", async () => {
    const { status, message } = await refusalOf({
      query_type: "vector",
      embedding_dependency: { type: "deployment_name", deployment_name: "gpt-4o" },
    });
    expect(status).toBe(400);
    expect(message).toContain("'gpt-4o' does not embed");
  });

  it("with the host is a bad request that says how to allow it", async () => {
    const { status, message } = await refusalOf({ endpoint: "https://10.0.0.7" });
    expect(status).toBe(400);
    expect(message).toContain("GROUNDWIRE_ALLOW_HOSTS=10.0.0.7:443");
  });
});

it("is refused for its parameters first", async () => {
  const { json } = await ask(parameters({ endpoint: 1 }));
  expect(json.error.message).toBe(
    "Validation error at #/data_sources/0/azure_search/parameters/endpoint: Input should be a valid string",
  );
});
