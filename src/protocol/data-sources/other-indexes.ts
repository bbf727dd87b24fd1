import { z } from "zod";
import {
  authentication,
  embeddingDependency,
  endpoint,
  fieldsMapping,
  NO_MAPPING,
  type Authentication,
  type EmbeddingDependency,
  type FieldsMapping,
} from "./parts.ts";

export interface ElasticsearchSource {
  type: "elasticsearch";
  /** Without a slash at its end. */
  endpoint: string;
  indexName: string;
  authentication: Extract<Authentication, { type: "key_and_key_id" | "encoded_api_key" }>;
  fieldsMapping: FieldsMapping;
  queryType: ElasticsearchQueryType;
  embedding: Exclude<EmbeddingDependency, { type: "integrated" }> | null;
}

/** The first two are the service's; the third is Groundwire's own, by the name it has for `azure_search`. */
const ELASTICSEARCH_QUERY_TYPES = ["simple", "vector", "vector_simple_hybrid"] as const;
type ElasticsearchQueryType = (typeof ELASTICSEARCH_QUERY_TYPES)[number];

export interface PineconeSource {
  type: "pinecone";
  /** A region, which is no longer needed; or a URL: of the control plane, or of the index itself. */
  environment: string;
  indexName: string;
  authentication: Extract<Authentication, { type: "api_key" }>;
  fieldsMapping: FieldsMapping;
  embedding: Exclude<EmbeddingDependency, { type: "model_id" }>;
  /** Null: the default one. */
  namespace: string | null;
  /** One of Pinecone's own models, which makes the sparse half of a query; null: none. */
  sparseModel: string | null;
}

/** An index of Azure Machine Learning, which tells by itself where its vectors are. */
export interface AzureMlIndexSource {
  type: "azure_ml_index";
  projectResourceId: string;
  name: string;
  version: string;
  authentication: Authentication;
  filter: string | null;
}

const name = z.string().min(1);

export const elasticsearchShape = {
  endpoint,
  index_name: name,
  authentication: authentication("key_and_key_id", "encoded_api_key"),
  fields_mapping: fieldsMapping.default(NO_MAPPING),
  query_type: z.enum(ELASTICSEARCH_QUERY_TYPES).default("simple"),
  embedding_dependency: embeddingDependency("deployment_name", "endpoint", "model_id").optional(),
};

export function toElasticsearch(
  wire: z.output<z.ZodObject<typeof elasticsearchShape>>,
): ElasticsearchSource {
  return {
    type: "elasticsearch",
    endpoint: wire.endpoint,
    indexName: wire.index_name,
    authentication: wire.authentication,
    fieldsMapping: wire.fields_mapping,
    queryType: wire.query_type,
    embedding: wire.embedding_dependency ?? null,
  };
}

export const pineconeShape = {
  environment: name,
  index_name: name,
  authentication: authentication("api_key"),
  fields_mapping: fieldsMapping.refine(({ contentFields }) => contentFields.length > 0, {
    error: "Field required",
    path: ["content_fields"],
  }),
  // The service knew `deployment_name` only, and neither of the parameters below.
  embedding_dependency: embeddingDependency("deployment_name", "endpoint", "integrated"),
  namespace: name.optional(),
  sparse_model: name.optional(),
};

export function toPinecone(wire: z.output<z.ZodObject<typeof pineconeShape>>): PineconeSource {
  return {
    type: "pinecone",
    environment: wire.environment,
    indexName: wire.index_name,
    authentication: wire.authentication,
    fieldsMapping: wire.fields_mapping,
    embedding: wire.embedding_dependency,
    namespace: wire.namespace ?? null,
    sparseModel: wire.sparse_model ?? null,
  };
}

export const azureMlIndexShape = {
  project_resource_id: name,
  name,
  version: name,
  authentication: authentication(
    "access_token",
    "system_assigned_managed_identity",
    "user_assigned_managed_identity",
  ),
  filter: z.string().optional(),
};

export function toAzureMlIndex(
  wire: z.output<z.ZodObject<typeof azureMlIndexShape>>,
): AzureMlIndexSource {
  return {
    type: "azure_ml_index",
    projectResourceId: wire.project_resource_id,
    name: wire.name,
    version: wire.version,
    authentication: wire.authentication,
    filter: wire.filter ?? null,
  };
}
