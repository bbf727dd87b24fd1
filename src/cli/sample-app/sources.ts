import type { Variables } from "./variables.ts";

/** A source of `groundwire.yaml`. */
export interface ConvertedSource {
  type: string;
  parameters: object;
}

export interface SampleSource {
  /** Value of `DATASOURCE_TYPE`. */
  name: string;
  prefix: string;
  /** Without them the application did not search either. */
  required: readonly string[];
  /** It is searched by vectors only. */
  needsEmbedding?: boolean;
  convert(variables: Variables, shared: SharedParameters): ConvertedSource;
}

export interface SharedParameters {
  /** `embedding_dependency`; absent when no model embeds. */
  embedding: object | undefined;
}

/** The kinds of source the application knew, in the order in which it looks for them when it is not told which. */
export const SAMPLE_SOURCES: readonly SampleSource[] = [
  {
    name: "AzureCognitiveSearch",
    prefix: "AZURE_SEARCH_",
    required: ["AZURE_SEARCH_SERVICE", "AZURE_SEARCH_INDEX"],
    convert: (variables, { embedding }) => ({
      type: "azure_search",
      parameters: {
        endpoint: `https://${variables.text("AZURE_SEARCH_SERVICE")}.${variables.text("AZURE_SEARCH_ENDPOINT_SUFFIX") ?? "search.windows.net"}`,
        index_name: variables.text("AZURE_SEARCH_INDEX"),
        authentication: searchAuthentication(variables),
        ...searchQuery(variables, embedding),
        fields_mapping: mapping(variables, "AZURE_SEARCH_"),
        ...common(variables, "AZURE_SEARCH_"),
      },
    }),
  },
  {
    name: "AzureCosmosDB",
    prefix: "AZURE_COSMOSDB_MONGO_VCORE_",
    required: [
      "CONNECTION_STRING",
      "DATABASE",
      "CONTAINER",
      "INDEX",
      "CONTENT_COLUMNS",
      "VECTOR_COLUMNS",
    ].map((name) => `AZURE_COSMOSDB_MONGO_VCORE_${name}`),
    needsEmbedding: true,
    convert: (variables, { embedding }) => ({
      type: "azure_cosmos_db",
      parameters: {
        authentication: {
          type: "connection_string",
          connection_string: variables.secret("AZURE_COSMOSDB_MONGO_VCORE_CONNECTION_STRING"),
        },
        database_name: variables.text("AZURE_COSMOSDB_MONGO_VCORE_DATABASE"),
        container_name: variables.text("AZURE_COSMOSDB_MONGO_VCORE_CONTAINER"),
        index_name: variables.text("AZURE_COSMOSDB_MONGO_VCORE_INDEX"),
        embedding_dependency: embedding,
        fields_mapping: mapping(variables, "AZURE_COSMOSDB_MONGO_VCORE_"),
        ...common(variables, "AZURE_COSMOSDB_MONGO_VCORE_"),
      },
    }),
  },
  {
    name: "Elasticsearch",
    prefix: "ELASTICSEARCH_",
    required: ["ENDPOINT", "ENCODED_API_KEY", "INDEX"].map((name) => `ELASTICSEARCH_${name}`),
    convert: (variables, { embedding }) => ({
      type: "elasticsearch",
      parameters: {
        endpoint: variables.text("ELASTICSEARCH_ENDPOINT"),
        index_name: variables.text("ELASTICSEARCH_INDEX"),
        authentication: {
          type: "encoded_api_key",
          encoded_api_key: variables.secret("ELASTICSEARCH_ENCODED_API_KEY"),
        },
        ...elasticsearchQuery(variables, embedding),
        fields_mapping: mapping(variables, "ELASTICSEARCH_"),
        ...common(variables, "ELASTICSEARCH_"),
      },
    }),
  },
  {
    name: "Pinecone",
    prefix: "PINECONE_",
    required: ["ENVIRONMENT", "API_KEY", "INDEX_NAME", "CONTENT_COLUMNS"].map(
      (name) => `PINECONE_${name}`,
    ),
    needsEmbedding: true,
    convert: (variables, { embedding }) => ({
      type: "pinecone",
      parameters: {
        environment: variables.text("PINECONE_ENVIRONMENT"),
        index_name: variables.text("PINECONE_INDEX_NAME"),
        authentication: { type: "api_key", key: variables.secret("PINECONE_API_KEY") },
        embedding_dependency: embedding,
        fields_mapping: mapping(variables, "PINECONE_"),
        ...common(variables, "PINECONE_"),
      },
    }),
  },
  {
    name: "MongoDB",
    prefix: "MONGODB_",
    required: [
      "ENDPOINT",
      "USERNAME",
      "PASSWORD",
      "DATABASE_NAME",
      "COLLECTION_NAME",
      "APP_NAME",
      "INDEX_NAME",
      "CONTENT_COLUMNS",
      "VECTOR_COLUMNS",
    ].map((name) => `MONGODB_${name}`),
    needsEmbedding: true,
    convert: (variables, { embedding }) => ({
      type: "mongo_db",
      parameters: {
        endpoint: variables.text("MONGODB_ENDPOINT"),
        authentication: {
          type: "username_and_password",
          username: variables.text("MONGODB_USERNAME"),
          password: variables.secret("MONGODB_PASSWORD"),
        },
        app_name: variables.text("MONGODB_APP_NAME"),
        database_name: variables.text("MONGODB_DATABASE_NAME"),
        collection_name: variables.text("MONGODB_COLLECTION_NAME"),
        index_name: variables.text("MONGODB_INDEX_NAME"),
        embedding_dependency: embedding,
        fields_mapping: mapping(variables, "MONGODB_"),
        ...common(variables, "MONGODB_"),
      },
    }),
  },
  {
    name: "AzureMLIndex",
    prefix: "AZURE_MLINDEX_",
    required: ["AZURE_ML_PROJECT_RESOURCE_ID", "AZURE_MLINDEX_NAME", "AZURE_MLINDEX_VERSION"],
    convert(variables) {
      variables.note(
        "The index of Azure Machine Learning must be described under 'ml_indexes', with the MLIndex document that was registered and the key of its connection: see azure_ml_index in docs/data-sources.md. Until then questions are refused, with its name.",
      );
      return {
        type: "azure_ml_index",
        parameters: {
          project_resource_id: variables.text("AZURE_ML_PROJECT_RESOURCE_ID"),
          name: variables.text("AZURE_MLINDEX_NAME"),
          version: variables.text("AZURE_MLINDEX_VERSION"),
          authentication: { type: "system_assigned_managed_identity" },
          ...common(variables, "AZURE_MLINDEX_"),
        },
      };
    },
  },
];

function searchAuthentication(variables: Variables): object {
  const key = variables.secret("AZURE_SEARCH_KEY");
  if (key !== undefined) return { type: "api_key", key };
  variables.note(
    "AZURE_SEARCH_KEY is not set, so the search service lets in the managed identity of the machine. Off Azure name under 'identities' what stands in for it.",
  );
  return { type: "system_assigned_managed_identity" };
}

/** The query type goes before the switch that there was once. */
function searchQuery(variables: Variables, embedding: object | undefined): object {
  const isSemantic = variables.flag("AZURE_SEARCH_USE_SEMANTIC_SEARCH") === true;
  const given = variables.text("AZURE_SEARCH_QUERY_TYPE") ?? (isSemantic ? "semantic" : "simple");
  const queryType = withVectors(snakeCase(given), { variables, embedding });
  const configuration = variables.text("AZURE_SEARCH_SEMANTIC_SEARCH_CONFIG");
  const needsConfiguration = queryType.includes("semantic");
  if (needsConfiguration && configuration === undefined) {
    variables.note(
      "AZURE_SEARCH_SEMANTIC_SEARCH_CONFIG is not set: 'default' stands for the name of the index's semantic configuration.",
    );
  }
  return {
    query_type: queryType,
    ...(needsConfiguration ? { semantic_configuration: configuration ?? "default" } : {}),
    ...(queryType.startsWith("vector") ? { embedding_dependency: embedding } : {}),
  };
}

function elasticsearchQuery(variables: Variables, embedding: object | undefined): object {
  const model = variables.text("ELASTICSEARCH_EMBEDDING_MODEL_ID");
  const dependency = model === undefined ? embedding : { type: "model_id", model_id: model };
  const given = snakeCase(variables.text("ELASTICSEARCH_QUERY_TYPE") ?? "simple");
  const queryType = withVectors(given, { variables, embedding: dependency });
  return {
    query_type: queryType,
    ...(queryType.startsWith("vector") ? { embedding_dependency: dependency } : {}),
  };
}

/** Without a model that embeds words are searched. */
function withVectors(
  queryType: string,
  { variables, embedding }: { variables: Variables; embedding: object | undefined },
): string {
  if (!queryType.startsWith("vector") || embedding !== undefined) return queryType;
  const left = queryType.includes("semantic") ? "semantic" : "simple";
  variables.note(
    `The query type '${queryType}' needs a model that embeds, and AZURE_OPENAI_EMBEDDING_NAME names none: '${left}' stands in its place.`,
  );
  return left;
}

function snakeCase(text: string): string {
  return text.replaceAll(/(?<=[a-z])(?=[A-Z])/gu, "_").toLowerCase();
}

/** Undefined where nothing is mapped: the fields are found by looking at the index. */
function mapping(variables: Variables, prefix: string): object | undefined {
  const given = {
    content_fields: variables.list(`${prefix}CONTENT_COLUMNS`),
    vector_fields: variables.list(`${prefix}VECTOR_COLUMNS`),
    title_field: variables.text(`${prefix}TITLE_COLUMN`),
    url_field: variables.text(`${prefix}URL_COLUMN`),
    filepath_field: variables.text(`${prefix}FILENAME_COLUMN`),
  };
  return Object.values(given).some((value) => value !== undefined) ? given : undefined;
}

/** What every type takes: by the type's own variables, else by those for all. */
function common(variables: Variables, prefix: string): object {
  const shared = {
    topK: variables.number("SEARCH_TOP_K"),
    strictness: variables.number("SEARCH_STRICTNESS"),
    inScope: variables.flag("SEARCH_ENABLE_IN_DOMAIN"),
  };
  return {
    top_n_documents: variables.number(`${prefix}TOP_K`) ?? shared.topK,
    strictness: variables.number(`${prefix}STRICTNESS`) ?? shared.strictness,
    in_scope: variables.flag(`${prefix}ENABLE_IN_DOMAIN`) ?? shared.inScope,
    max_search_queries: variables.number("SEARCH_MAX_SEARCH_QUERIES"),
    allow_partial_result: variables.flag("SEARCH_ALLOW_PARTIAL_RESULT"),
    include_contexts: variables.list("SEARCH_INCLUDE_CONTEXTS"),
    role_information: variables.text("AZURE_OPENAI_SYSTEM_MESSAGE"),
  };
}
