import { describe, expect, test } from "vitest";

import { mlIndex } from "./ml-index-schema.ts";

const CONNECTION = "/subscriptions/s/resourceGroups/g/providers/x/workspaces/w/connections/";

/** As Azure Machine Learning writes it. */
const DOCUMENT = {
  embeddings: {
    api_base: "https://x.openai.azure.com/",
    api_type: "azure",
    api_version: "2023-07-01-preview",
    batch_size: "16",
    connection: { id: `${CONNECTION}openai` },
    connection_type: "workspace_connection",
    deployment: "ada",
    dimension: 1536,
    kind: "open_ai",
    model: "text-embedding-ada-002",
    schema_version: "2",
  },
  index: {
    api_version: "2023-07-01-preview",
    connection: { id: `${CONNECTION}search` },
    connection_type: "workspace_connection",
    endpoint: "https://s.search.windows.net/",
    engine: "azure-sdk",
    field_mapping: {
      content: "content",
      embedding: "contentVector",
      filename: "filepath",
      metadata: "meta_json_string",
      title: "title",
      url: "url",
    },
    index: "handbook",
    kind: "acs",
    semantic_configuration_name: "azureml-default",
  },
  self: { path: "azureml://x" },
};

const ENTRY = {
  project_resource_id: "/subscriptions/S/workspaces/W/",
  name: "handbook",
  version: 3,
  mlindex: DOCUMENT,
  connections: {
    search: { type: "api_key", key: "search-key" },
    [`${CONNECTION}openai`]: { type: "api_key", key: "openai-key" },
  },
};

function problemsOf(entry: object): string {
  const { error } = mlIndex.safeParse(entry);
  return (error?.issues ?? []).map(({ message }) => message).join("\n");
}

describe("an index of Azure AI Search", () => {
  test("is searched by everything it has, with the keys of its connections", () => {
    expect(mlIndex.parse(ENTRY)).toEqual({
      projectResourceId: "/subscriptions/s/workspaces/w",
      name: "handbook",
      version: "3",
      tenants: null,
      takesCredentials: false,
      source: expect.objectContaining({
        type: "azure_search",
        endpoint: "https://s.search.windows.net",
        indexName: "handbook",
        authentication: { type: "api_key", key: "search-key" },
        queryType: "vector_semantic_hybrid",
        semanticConfiguration: "azureml-default",
        // The versions in the document are of a protocol that searched vectors otherwise.
        apiVersion: null,
        embedding: {
          type: "endpoint",
          endpoint: "https://x.openai.azure.com/openai/deployments/ada/embeddings",
          authentication: { type: "api_key", key: "openai-key" },
          dimensions: null,
        },
        fieldsMapping: expect.objectContaining({
          contentFields: ["content"],
          vectorFields: ["contentVector"],
          titleField: "title",
          urlField: "url",
          filepathField: "filepath",
        }),
      }),
    });
  });

  test("is embedded by a deployment of this server when one is named", () => {
    const { source } = mlIndex.parse({ ...ENTRY, embedding_deployment: "embedder" });
    expect(source).toMatchObject({
      embedding: { type: "deployment_name", deploymentName: "embedder" },
    });
  });

  test("lets in by the request's credentials without a key for its connection", () => {
    const entry = { ...ENTRY, connections: {}, embedding_deployment: "embedder" };
    expect(mlIndex.parse(entry)).toMatchObject({ takesCredentials: true });
  });

  test.each([
    [{ query_type: "simple", connections: {} }, "simple"],
    [{ mlindex: { ...DOCUMENT, embeddings: undefined } }, "semantic"],
    [
      { mlindex: { ...DOCUMENT, index: { ...DOCUMENT.index, semantic_configuration_name: null } } },
      "vector_simple_hybrid",
    ],
  ])("is searched as far as can be: %j", (more, queryType) => {
    expect(mlIndex.parse({ ...ENTRY, ...more }).source).toMatchObject({ queryType });
  });

  test("whose model nobody here is, is refused with what to do", () => {
    expect(problemsOf({ ...ENTRY, connections: {} })).toMatch(
      /'text-embedding-ada-002'.*'embedding_deployment'.*'query_type: simple'/u,
    );
  });
});

describe("an index in files", () => {
  const FAISS = {
    embeddings: DOCUMENT.embeddings,
    index: { kind: "faiss", engine: "langchain.vectorstores.FAISS" },
  };

  test("is refused, as its files are never run", () => {
    expect(problemsOf({ ...ENTRY, mlindex: FAISS })).toMatch(/'faiss'.*'vector_store_id'/u);
  });

  test("is a vector store that holds its documents", () => {
    const entry = { ...ENTRY, mlindex: FAISS, connections: {}, vector_store_id: "vs_1" };
    expect(mlIndex.parse(entry)).toMatchObject({
      takesCredentials: false,
      source: { type: "file_search", vectorStoreIds: ["vs_1"] },
    });
  });
});

test("a misspelt name is pointed out", () => {
  expect(problemsOf({ ...ENTRY, embeding_deployment: "x" })).toContain(
    "did you mean 'embedding_deployment'",
  );
});
