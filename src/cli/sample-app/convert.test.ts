import { describe, expect, it } from "vitest";

import { parseConfiguration } from "../../config/file.ts";
import { convertSampleApp } from "./convert.ts";
import { printConfiguration } from "./print.ts";
import { readVariables } from "./read-variables.ts";

const MODEL = `
AZURE_OPENAI_RESOURCE=contoso
AZURE_OPENAI_MODEL=gpt-4o
AZURE_OPENAI_KEY=the-openai-key
AZURE_OPENAI_EMBEDDING_NAME=ada
`;
const SECRETS = ["the-openai-key", "the-source-key", "the-embedding-key"];

/** What the printed file says when this server loads it. */
function load(text: string) {
  const variables = readVariables(text);
  const conversion = convertSampleApp(variables);
  const printed = printConfiguration(conversion);
  for (const secret of SECRETS) expect(printed).not.toContain(secret);
  const environment = Object.fromEntries(variables);
  const loaded = parseConfiguration(printed, { path: "groundwire.yaml", environment });
  return { ...conversion, printed, loaded, source: loaded.sources["documents"] };
}

const columns = (prefix: string): string =>
  `
${prefix}_CONTENT_COLUMNS=body|summary
${prefix}_VECTOR_COLUMNS=vector
${prefix}_TITLE_COLUMN=title
${prefix}_URL_COLUMN=link
${prefix}_FILENAME_COLUMN=file
${prefix}_TOP_K=7
${prefix}_STRICTNESS=2
${prefix}_ENABLE_IN_DOMAIN=False
`;
const MAPPING = {
  content_fields: ["body", "summary"],
  vector_fields: ["vector"],
  title_field: "title",
  url_field: "link",
  filepath_field: "file",
};
const ADA = { type: "deployment_name", deployment_name: "ada" };

describe("the settings of the sample application become a configuration that loads, for", () => {
  it.each([
    [
      "AzureCognitiveSearch",
      `AZURE_SEARCH_SERVICE=search1
AZURE_SEARCH_INDEX=policies
AZURE_SEARCH_KEY=the-source-key
AZURE_SEARCH_QUERY_TYPE=vectorSemanticHybrid
AZURE_SEARCH_SEMANTIC_SEARCH_CONFIG=ranked${columns("AZURE_SEARCH")}`,
      {
        type: "azure_search",
        endpoint: "https://search1.search.windows.net",
        index_name: "policies",
        authentication: { type: "api_key", key: "the-source-key" },
        query_type: "vector_semantic_hybrid",
        semantic_configuration: "ranked",
        embedding_dependency: ADA,
      },
    ],
    [
      "AzureCosmosDB",
      `AZURE_COSMOSDB_MONGO_VCORE_CONNECTION_STRING="mongodb+srv://u:the-source-key@c.mongocluster.cosmos.azure.com/?tls=true"
AZURE_COSMOSDB_MONGO_VCORE_DATABASE=hr
AZURE_COSMOSDB_MONGO_VCORE_CONTAINER=handbook
AZURE_COSMOSDB_MONGO_VCORE_INDEX=vectors${columns("AZURE_COSMOSDB_MONGO_VCORE")}`,
      {
        type: "azure_cosmos_db",
        database_name: "hr",
        container_name: "handbook",
        index_name: "vectors",
        embedding_dependency: ADA,
        authentication: {
          type: "connection_string",
          connection_string:
            "mongodb+srv://u:the-source-key@c.mongocluster.cosmos.azure.com/?tls=true",
        },
      },
    ],
    [
      "Elasticsearch",
      `ELASTICSEARCH_ENDPOINT=https://es.example.com:9243
ELASTICSEARCH_ENCODED_API_KEY=the-source-key
ELASTICSEARCH_INDEX=policies
ELASTICSEARCH_QUERY_TYPE=vector
ELASTICSEARCH_EMBEDDING_MODEL_ID=elser${columns("ELASTICSEARCH")}`,
      {
        type: "elasticsearch",
        endpoint: "https://es.example.com:9243",
        query_type: "vector",
        embedding_dependency: { type: "model_id", model_id: "elser" },
        authentication: { type: "encoded_api_key", encoded_api_key: "the-source-key" },
      },
    ],
    [
      "Pinecone",
      `PINECONE_ENVIRONMENT=us-west1-gcp
PINECONE_API_KEY=the-source-key
PINECONE_INDEX_NAME=policies${columns("PINECONE")}`,
      {
        type: "pinecone",
        environment: "us-west1-gcp",
        index_name: "policies",
        embedding_dependency: ADA,
        authentication: { type: "api_key", key: "the-source-key" },
      },
    ],
    [
      "MongoDB",
      `MONGODB_ENDPOINT=cluster0.abc.mongodb.net
MONGODB_USERNAME=reader
MONGODB_PASSWORD=the-source-key
MONGODB_DATABASE_NAME=hr
MONGODB_COLLECTION_NAME=handbook
MONGODB_APP_NAME=app
MONGODB_INDEX_NAME=vectors${columns("MONGODB")}`,
      {
        type: "mongo_db",
        endpoint: "cluster0.abc.mongodb.net",
        database_name: "hr",
        collection_name: "handbook",
        embedding_dependency: ADA,
        authentication: {
          type: "username_and_password",
          username: "reader",
          password: "the-source-key",
        },
      },
    ],
  ])("%s", (name, text, { type, ...expected }) => {
    const { source, loaded, isComplete } = load(`${MODEL}DATASOURCE_TYPE=${name}\n${text}`);
    expect(isComplete).toBe(true);
    expect(source).toMatchObject({
      type,
      parameters: {
        ...expected,
        fields_mapping: MAPPING,
        top_n_documents: 7,
        strictness: 2,
        in_scope: false,
      },
    });
    const { "gpt-4o": chat, ada } = loaded.deployments;
    expect(chat?.dataSources).toMatchObject([{ source: { type: "named", name: "documents" } }]);
    for (const deployment of [chat, ada]) {
      expect(deployment?.upstreams[0]?.to).toMatchObject({
        type: "azure_openai",
        endpoint: "https://contoso.openai.azure.com",
        apiKey: "the-openai-key",
      });
    }
  });

  it("AzureMLIndex, whose document somebody must add", () => {
    const { source, printed } = load(`${MODEL}DATASOURCE_TYPE=AzureMLIndex
AZURE_ML_PROJECT_RESOURCE_ID=/subscriptions/s/workspaces/w
AZURE_MLINDEX_NAME=handbook
AZURE_MLINDEX_VERSION=3
AZURE_MLINDEX_TOP_K=4`);
    expect(source).toMatchObject({
      type: "azure_ml_index",
      parameters: { name: "handbook", version: "3", top_n_documents: 4 },
    });
    expect(printed).toContain("# - The index of Azure Machine Learning must be described");
  });
});

const SEARCH = "AZURE_SEARCH_SERVICE=s\nAZURE_SEARCH_INDEX=i\n";

describe("what is not said in full", () => {
  it("is found out as the application did: the source by what is set, the rest by what holds for all", () => {
    const { source } = load(`${MODEL}${SEARCH}
SEARCH_TOP_K=9
SEARCH_STRICTNESS=5
SEARCH_MAX_SEARCH_QUERIES=2
SEARCH_ALLOW_PARTIAL_RESULT=true
SEARCH_INCLUDE_CONTEXTS=citations,intent
AZURE_OPENAI_SYSTEM_MESSAGE="Say 'please': always."`);
    expect(source).toMatchObject({
      type: "azure_search",
      parameters: {
        top_n_documents: 9,
        strictness: 5,
        max_search_queries: 2,
        allow_partial_result: true,
        include_contexts: ["citations", "intent"],
        role_information: "Say 'please': always.",
        authentication: { type: "system_assigned_managed_identity" },
      },
    });
  });

  it("falls back to words without a model that embeds, and says so", () => {
    const { source, notes } = load(
      `AZURE_OPENAI_MODEL=m\n${SEARCH}AZURE_SEARCH_QUERY_TYPE=vectorSimpleHybrid`,
    );
    expect(source?.parameters["query_type"]).toBe("simple");
    expect(notes.join()).toContain("'vector_simple_hybrid' needs a model that embeds");
  });

  it("embeds by an endpoint of its own", () => {
    const { source, printed } = load(`AZURE_OPENAI_MODEL=m
${SEARCH}AZURE_SEARCH_QUERY_TYPE=vector
AZURE_OPENAI_EMBEDDING_ENDPOINT=https://c.openai.azure.com/openai/deployments/ada/embeddings
AZURE_OPENAI_EMBEDDING_KEY=the-embedding-key
SEARCH_VECTORIZATION_DIMENSIONS=256`);
    expect(source?.parameters["embedding_dependency"]).toEqual({
      type: "endpoint",
      endpoint: "https://c.openai.azure.com/openai/deployments/ada/embeddings",
      authentication: { type: "api_key", key: "the-embedding-key" },
      dimensions: 256,
    });
    expect(printed).toContain("${AZURE_OPENAI_EMBEDDING_KEY}");
  });

  it.each([
    [
      "DATASOURCE_TYPE=AzureSqlServer\nAZURE_SQL_SERVER_CONNECTION_STRING=x",
      /AzureSqlServer has no counterpart/u,
    ],
    ["DATASOURCE_TYPE=Pinecone\nPINECONE_ENVIRONMENT=e", /PINECONE_API_KEY, PINECONE_INDEX_NAME/u],
    ["USE_PROMPTFLOW=True\nPROMPTFLOW_API_KEY=the-source-key", /prompt flows are not served/u],
  ])("is not taken over when it cannot be: %s", (text, words) => {
    const { isComplete, notes, source } = load(`${MODEL}${text}`);
    expect([isComplete, source]).toEqual([false, undefined]);
    expect(notes.join("\n")).toMatch(words);
  });

  it("names every variable that has no counterpart, with the reason", () => {
    const { printed } = load(`${MODEL}${SEARCH}
AZURE_OPENAI_TEMPERATURE=0
UI_TITLE=Contoso
AUTH_CLIENT_SECRET=the-source-key
AZURE_COSMOSDB_ACCOUNT=history
SOMETHING_ELSE=1`);
    const comment = printed.replaceAll(/\n#\s+/gu, " ");
    expect(comment).toContain("AZURE_OPENAI_TEMPERATURE: left out; requests say it themselves");
    expect(comment).toContain("UI_TITLE: left out");
    expect(comment).toContain("AUTH_CLIENT_SECRET: left out");
    expect(comment).toContain("AZURE_COSMOSDB_ACCOUNT: left out; conversations are kept");
    expect(comment).toContain("SOMETHING_ELSE: left out; it is not known");
  });
});

it("documents that groups alone saw are nobody else's", () => {
  const directory = "72f988bf-86f1-41af-91ab-2d7cd011db47";
  const text = `${MODEL}${SEARCH}AZURE_SEARCH_PERMITTED_GROUPS_COLUMN=group_ids
AUTH_CLIENT_ID=app-1`;
  const issued = `AUTH_ISSUER_URI=https://login.microsoftonline.com/${directory}/v2.0`;
  const { loaded } = load(`${text}\n${issued}`);
  expect(loaded.access).toEqual({ claim: "groups", field: "group_ids" });
  expect(loaded.auth.entra).toMatchObject({
    directories: [directory],
    audiences: ["app-1", "api://app-1"],
  });
  // Without a directory nothing is served.
  expect(() => load(text)).toThrow("the environment variable AZURE_TENANT_ID is not set");
});
