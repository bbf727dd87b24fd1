import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apiVersionOf } from "../api-versions.ts";
import { GroundwireError } from "../errors.ts";
import { dataSourceProblems } from "../strict/data-sources.ts";
import { parseDataSources } from "./parse.ts";

const KEY = { type: "api_key", key: "k" };
const BY_NAME = { type: "deployment_name", deployment_name: "ada" };
const MAPPING = { content_fields: ["content"], vector_fields: ["vector"] };

/** What each type needs at least. */
const LEAST: Record<string, Record<string, unknown>> = {
  azure_search: { endpoint: "https://s.search.windows.net/", index_name: "i", authentication: KEY },
  azure_cosmos_db: {
    authentication: { type: "connection_string", connection_string: "mongodb+srv://u:p@h" },
    database_name: "d",
    container_name: "c",
    index_name: "i",
    fields_mapping: MAPPING,
    embedding_dependency: BY_NAME,
  },
  elasticsearch: {
    endpoint: "https://e.example:9243",
    index_name: "i",
    authentication: { type: "key_and_key_id", key: "k", key_id: "id" },
  },
  mongo_db: {
    endpoint: "cluster.mongodb.net",
    authentication: { type: "username_and_password", username: "u", password: "p" },
    app_name: "a",
    database_name: "d",
    collection_name: "c",
    index_name: "i",
    fields_mapping: MAPPING,
    embedding_dependency: BY_NAME,
  },
  pinecone: {
    environment: "gcp",
    index_name: "i",
    authentication: KEY,
    fields_mapping: { content_fields: ["text"] },
    embedding_dependency: BY_NAME,
  },
  azure_ml_index: {
    project_resource_id: "/subscriptions/x",
    name: "n",
    version: "1",
    authentication: { type: "system_assigned_managed_identity" },
  },
  named: { name: "policies" },
};

function read(type: string, parameters: Record<string, unknown>) {
  const { sources, warnings } = parseDataSources([{ type, parameters }]);
  const [first] = sources;
  if (first === undefined) throw new Error("nothing was read");
  return { ...first, warnings };
}

function refusal(type: string, parameters: Record<string, unknown>): string {
  try {
    read(type, parameters);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  throw new Error("was accepted");
}

const at = (type: string): string => `Validation error at #/data_sources/0/${type}/parameters`;

describe.each(Object.entries(LEAST))("%s", (type, least) => {
  test("is read with what it needs at least, without a warning", () => {
    const { source, common, warnings } = read(type, least);
    expect(source.type).toBe(type);
    expect(common).toMatchObject({ strictness: 3, topNDocuments: 5, inScope: true });
    expect(warnings).toEqual([]);
  });

  test.each(Object.keys(least))("needs %s", (name) => {
    const { [name]: _left, ...rest } = least;
    expect(refusal(type, rest)).toBe(`${at(type)}/${name}: Field required`);
  });

  test("takes the common parameters", () => {
    const { common } = read(type, {
      ...least,
      strictness: 1,
      top_n_documents: 20,
      in_scope: false,
      role_information: "r",
    });
    expect(common).toMatchObject({
      strictness: 1,
      topNDocuments: 20,
      inScope: false,
      roleInformation: "r",
    });
  });

  test("refuses what it does not know", () => {
    expect(refusal(type, { ...least, filtre: "x" })).toBe(
      `${at(type)}/filtre: Extra inputs are not permitted`,
    );
  });

  test("is the same in the old spelling, with blanks", () => {
    const old = Object.fromEntries(
      Object.entries(least).map(([name, value]) => [
        name.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    );
    const again = read(type, { ...old, strictness: null, roleInformation: "" });
    expect(again.source).toEqual(read(type, least).source);
  });
});

describe("azure_search", () => {
  const least = LEAST["azure_search"] ?? {};

  test("in full", () => {
    const { source } = read("azure_search", {
      ...least,
      authentication: {
        type: "user_assigned_managed_identity",
        managed_identity_resource_id: "/id",
      },
      query_type: "vectorSemanticHybrid",
      semantic_configuration: "default",
      filter: "my_group_ids/any(g:search.in(g, 'a, b'))",
      fields_mapping: {
        content_fields: ["a", "b"],
        content_fields_separator: "\\n",
        vector_fields: ["v"],
        image_vector_fields: ["i"],
        title_field: null,
        url_field: "url",
        filepath_field: "",
      },
      embedding_dependency: {
        type: "endpoint",
        endpoint:
          "https://x.openai.azure.com/openai/deployments/ada/embeddings?api-version=2023-05-15",
        authentication: KEY,
        dimensions: 256,
      },
    });
    expect(source).toEqual({
      type: "azure_search",
      apiVersion: null,
      endpoint: "https://s.search.windows.net",
      indexName: "i",
      authentication: { type: "user_assigned_managed_identity", managedIdentityResourceId: "/id" },
      queryType: "vector_semantic_hybrid",
      semanticConfiguration: "default",
      filter: "my_group_ids/any(g:search.in(g, 'a, b'))",
      fieldsMapping: {
        contentFields: ["a", "b"],
        contentFieldsSeparator: "\n",
        vectorFields: ["v"],
        imageVectorFields: ["i"],
        titleField: null,
        urlField: "url",
        filepathField: null,
      },
      embedding: {
        type: "endpoint",
        endpoint: "https://x.openai.azure.com/openai/deployments/ada/embeddings",
        authentication: { type: "api_key", key: "k" },
        dimensions: 256,
      },
    });
  });

  test("as the protocol before 2024-02-15 wrote it", () => {
    const { source, warnings } = read("AzureCognitiveSearch", {
      endpoint: "https://s.search.windows.net",
      key: "k",
      indexName: "i",
      queryType: "vectorSimpleHybrid",
      fieldsMapping: { contentFields: ["content"], titleField: "title" },
      embeddingEndpoint: "https://x.openai.azure.com/openai/deployments/ada/embeddings",
      embeddingKey: "e",
    });
    expect(source).toMatchObject({
      type: "azure_search",
      authentication: { type: "api_key", key: "k" },
      queryType: "vector_simple_hybrid",
      fieldsMapping: { contentFields: ["content"], titleField: "title" },
      embedding: { type: "endpoint", authentication: { type: "api_key", key: "e" } },
    });
    expect(warnings).toContain("data source type 'AzureCognitiveSearch' read as 'azure_search'");
    expect(warnings.join()).not.toMatch(/\be\b.*key|'k'/u);
  });

  test("a vector search needs an embedding, a semantic one its configuration", () => {
    expect(refusal("azure_search", { ...least, query_type: "vector_semantic_hybrid" })).toBe(
      "'embeddingEndpoint' is a required parameter for the AzureCognitiveSearch data source type. This parameter is required for queryType vectorSemanticHybrid.",
    );
    expect(refusal("azure_search", { ...least, query_type: "semantic" })).toBe(
      "'semanticConfiguration' is a required parameter for the AzureCognitiveSearch data source type. This parameter is required for queryType semantic.",
    );
  });

  test.each<[string, unknown, string]>([
    [
      "query_type",
      "fuzzy",
      "query_type: Input should be 'simple', 'semantic', 'vector', 'vector_simple_hybrid' or 'vector_semantic_hybrid'",
    ],
    ["endpoint", "s.search.windows.net", "endpoint: Input should be a valid URL"],
    ["endpoint", "file:///etc/passwd", "endpoint: Input should be a valid URL"],
    [
      "authentication",
      { type: "connection_string", connection_string: "c" },
      "authentication/type: Input should be of type 'api_key', 'access_token'",
    ],
    ["authentication", { type: "api_key" }, "authentication/key: Field required"],
    ["authentication", "k", "authentication: Input should be"],
    [
      "fields_mapping",
      { content_fields: "content" },
      "fields_mapping/content_fields: Input should be a valid list",
    ],
    ["filter", { type: "eq" }, "filter: Input should be a valid string"],
    [
      "embedding_dependency",
      { type: "model_id", model_id: "m" },
      "embedding_dependency/type: Input should be of type 'deployment_name'",
    ],
  ])("%s %j is refused", (name, value, message) => {
    expect(refusal("azure_search", { ...least, [name]: value })).toContain(
      `${at("azure_search")}/${message}`,
    );
  });
});

describe("what Microsoft's sample application sends", () => {
  test("azure_cosmosdb with a query_type that means nothing", () => {
    const { source, warnings } = read("azure_cosmosdb", {
      ...LEAST["azure_cosmos_db"],
      query_type: "vector",
    });
    expect(source.type).toBe("azure_cosmos_db");
    expect(warnings).toContain("'query_type' ignored for azure_cosmos_db");
  });

  test("pinecone with `api_key` for `key`, and a stray number of dimensions", () => {
    const authentication = { type: "api_key", api_key: "k" };
    const { source } = read("pinecone", {
      ...LEAST["pinecone"],
      authentication,
      vectorization_dimensions: 1536,
    });
    expect(source).toMatchObject({ authentication: { type: "api_key", key: "k" } });
  });

  test("azure_ml_index with a mapping", () => {
    const { warnings } = read("azure_ml_index", {
      ...LEAST["azure_ml_index"],
      fields_mapping: MAPPING,
    });
    expect(warnings).toEqual(["'fields_mapping' ignored for azure_ml_index"]);
  });
});

test("a filter on a source that cannot filter is refused, never ignored", () => {
  for (const type of ["azure_cosmos_db", "elasticsearch", "mongo_db", "pinecone"]) {
    expect(refusal(type, { ...LEAST[type], filter: "a eq 'b'" })).toBe(
      `${at(type)}/filter: Extra inputs are not permitted`,
    );
  }
});

test("the sample application's database servers are refused by name", () => {
  expect(refusal("azure_sql_server", { connection_string: "s" })).toContain(
    "#/data_sources/0/type: 'azure_sql_server' was a private preview",
  );
});

test.each(["AzureCosmosDB", "Elasticsearch", "Pinecone", "AzureMLIndex", "mongoDB"])(
  "the old type name %s is understood and reported",
  (name) => {
    const type = Object.keys(LEAST).find(
      (known) => known.replaceAll("_", "") === name.toLowerCase(),
    );
    const { source, warnings } = read(name, LEAST[type ?? ""] ?? {});
    expect(source.type).toBe(type);
    expect(warnings).toEqual([`data source type '${name}' read as '${type}'`]);
  },
);

test("dimensions may come as text", () => {
  const { source } = read("pinecone", {
    ...LEAST["pinecone"],
    embedding_dependency: { ...BY_NAME, dimensions: "512" },
  });
  expect(source).toMatchObject({ embedding: { dimensions: 512 } });
});

test("pinecone takes a namespace, a sparse model and an index's own embedding; strict mode does not know them", () => {
  const parameters = {
    ...LEAST["pinecone"],
    namespace: "staff",
    sparse_model: "pinecone-sparse-english-v0",
    embedding_dependency: { type: "integrated" },
  };
  expect(read("pinecone", parameters).source).toMatchObject({
    namespace: "staff",
    sparseModel: "pinecone-sparse-english-v0",
    embedding: { type: "integrated" },
  });
  const strict = [{ type: "pinecone", parameters }];
  const problems = dataSourceProblems(strict, apiVersionOf("2024-05-01-preview"));
  expect(problems.map(({ path }) => path.at(-1))).toEqual([
    "embedding_dependency",
    "namespace",
    "sparse_model",
  ]);
});

test("elasticsearch embeds by a model of its own too", () => {
  const embedding_dependency = { type: "model_id", model_id: "e5" };
  const { source } = read("elasticsearch", {
    ...LEAST["elasticsearch"],
    query_type: "vector",
    embedding_dependency,
  });
  expect(source).toMatchObject({
    queryType: "vector",
    embedding: { type: "model_id", modelId: "e5" },
  });
});

test("elasticsearch takes the hybrid query that azure_search has; strict mode does not know it", () => {
  const parameters = {
    ...LEAST["elasticsearch"],
    query_type: "vectorSimpleHybrid",
    embedding_dependency: BY_NAME,
  };
  expect(read("elasticsearch", parameters).source).toMatchObject({
    queryType: "vector_simple_hybrid",
  });
  const strict = [
    { type: "elasticsearch", parameters: { ...parameters, query_type: "vector_simple_hybrid" } },
  ];
  expect(dataSourceProblems(strict, apiVersionOf("2024-05-01-preview"))).toEqual([
    {
      path: ["data_sources", 0, "elasticsearch", "parameters", "query_type"],
      text: "Input should be 'simple' or 'vector'",
      missing: false,
    },
  ]);
});

test("every change of spelling is reported, and no secret with it", () => {
  const { warnings } = read("azure_search", {
    ...LEAST["azure_search"],
    authentication: { type: "ApiKey", api_key: "sesame" },
    queryType: "vectorSimpleHybrid",
    embeddingDeploymentName: "ada",
  });
  expect(warnings).toEqual([
    "type 'ApiKey' read as 'api_key'",
    "'api_key' read as 'key'",
    "'queryType' read as 'query_type'",
    "'embeddingDeploymentName' read as 'embedding_deployment_name'",
    "query_type 'vectorSimpleHybrid' read as 'vector_simple_hybrid'",
    "old embedding parameters read as 'embedding_dependency'",
  ]);
});

test("a parameter in two spellings is refused: of two filters none may be lost", () => {
  const twice = { ...LEAST["azure_search"], filter: "a eq 'b'", Filter: "true" };
  expect(refusal("azure_search", twice)).toBe(
    `${at("azure_search")}/Filter: Extra inputs are not permitted`,
  );
});

test("thousands of wrong keys are answered with a hundred lines", () => {
  const wrong = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`, 1]));
  const lines = refusal("named", { name: "n", ...wrong }).split("\n");
  expect([lines.length, lines.at(-1)]).toEqual([101, "and 4900 more"]);
});

test("parts nested without end are refused", () => {
  for (const name of ["authentication", "embedding_dependency"]) {
    let value: unknown = {};
    for (let depth = 0; depth < 50_000; depth += 1) value = { [name]: value };
    expect(refusal("azure_search", { ...LEAST["azure_search"], [name]: value })).toContain(
      `${at("azure_search")}/${name}`,
    );
  }
});

test("whatever is sent is read or refused as the caller's fault, in both modes", () => {
  const names = [...new Set(Object.values(LEAST).flatMap((least) => Object.keys(least)))];
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(...Object.values(LEAST).flatMap((least) => Object.values(least))),
  );
  const key = fc.oneof(fc.constantFrom(...names, "type", "__proto__", "filter"), fc.string());
  const source = fc.record({
    type: fc.oneof(fc.constantFrom(...Object.keys(LEAST), "constructor"), fc.string()),
    parameters: fc.dictionary(key, value),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(source, fc.jsonValue())), (values) => {
      dataSourceProblems(values, apiVersionOf(null));
      try {
        parseDataSources(values);
      } catch (error) {
        expect(error).toBeInstanceOf(GroundwireError);
        expect(error).toHaveProperty("code", "data_source_invalid");
      }
    }),
    { numRuns: 2000 },
  );
});
