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

/** An index of Azure AI Search. */
export interface AzureSearchSource {
  type: "azure_search";
  /** Without a slash at its end. */
  endpoint: string;
  indexName: string;
  authentication: Authentication;
  fieldsMapping: FieldsMapping;
  queryType: AzureSearchQueryType;
  semanticConfiguration: string | null;
  /** OData, applied by the search service. */
  filter: string | null;
  embedding: EmbeddingDependency | null;
  /** Of the search service; null: one that every service knows. */
  apiVersion: string | null;
}

const QUERY_TYPES = [
  "simple",
  "semantic",
  "vector",
  "vector_simple_hybrid",
  "vector_semantic_hybrid",
] as const;
export type AzureSearchQueryType = (typeof QUERY_TYPES)[number];

export const azureSearchShape = {
  endpoint,
  index_name: z.string().min(1),
  authentication: authentication(
    "api_key",
    "access_token",
    "system_assigned_managed_identity",
    "user_assigned_managed_identity",
  ),
  fields_mapping: fieldsMapping.default(NO_MAPPING),
  query_type: z.enum(QUERY_TYPES).default("simple"),
  semantic_configuration: z.string().optional(),
  filter: z.string().optional(),
  embedding_dependency: embeddingDependency("deployment_name", "endpoint", "integrated").optional(),
  /** Not of the service: it chose by itself. */
  api_version: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(?:-preview)?$/iu, "Input should be a version such as 2024-07-01")
    .optional(),
};

export function toAzureSearch(
  wire: z.output<z.ZodObject<typeof azureSearchShape>>,
): AzureSearchSource {
  return {
    type: "azure_search",
    endpoint: wire.endpoint,
    indexName: wire.index_name,
    authentication: wire.authentication,
    fieldsMapping: wire.fields_mapping,
    queryType: wire.query_type,
    semanticConfiguration: wire.semantic_configuration ?? null,
    filter: wire.filter ?? null,
    embedding: wire.embedding_dependency ?? null,
    apiVersion: wire.api_version ?? null,
  };
}
