import { z } from "zod";
import {
  authentication,
  embeddingDependency,
  fieldsMapping,
  type Authentication,
  type EmbeddingDependency,
  type FieldsMapping,
} from "./parts.ts";

/** A vector index of Azure Cosmos DB for MongoDB vCore. */
export interface AzureCosmosDbSource {
  type: "azure_cosmos_db";
  authentication: Authentication;
  databaseName: string;
  containerName: string;
  indexName: string;
  fieldsMapping: FieldsMapping;
  embedding: EmbeddingDependency;
}

/** A vector index of MongoDB Atlas. */
export interface MongoDbSource {
  type: "mongo_db";
  /** Host name of the cluster. */
  endpoint: string;
  authentication: Authentication;
  appName: string;
  databaseName: string;
  collectionName: string;
  indexName: string;
  fieldsMapping: FieldsMapping;
  embedding: EmbeddingDependency;
}

const name = z.string().min(1);

const shared = {
  database_name: name,
  index_name: name,
  fields_mapping: fieldsMapping
    .refine(({ contentFields }) => contentFields.length > 0, {
      error: "Field required",
      path: ["content_fields"],
    })
    .refine(({ vectorFields }) => vectorFields.length > 0, {
      error: "Field required",
      path: ["vector_fields"],
    }),
  embedding_dependency: embeddingDependency("deployment_name", "endpoint"),
};

export const azureCosmosDbShape = {
  ...shared,
  authentication: authentication("connection_string"),
  container_name: name,
};

export function toAzureCosmosDb(
  wire: z.output<z.ZodObject<typeof azureCosmosDbShape>>,
): AzureCosmosDbSource {
  return {
    type: "azure_cosmos_db",
    authentication: wire.authentication,
    databaseName: wire.database_name,
    containerName: wire.container_name,
    indexName: wire.index_name,
    fieldsMapping: wire.fields_mapping,
    embedding: wire.embedding_dependency,
  };
}

export const mongoDbShape = {
  ...shared,
  endpoint: name,
  authentication: authentication("username_and_password"),
  app_name: name,
  collection_name: name,
};

export function toMongoDb(wire: z.output<z.ZodObject<typeof mongoDbShape>>): MongoDbSource {
  return {
    type: "mongo_db",
    endpoint: wire.endpoint,
    authentication: wire.authentication,
    appName: wire.app_name,
    databaseName: wire.database_name,
    collectionName: wire.collection_name,
    indexName: wire.index_name,
    fieldsMapping: wire.fields_mapping,
    embedding: wire.embedding_dependency,
  };
}
