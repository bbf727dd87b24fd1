import type { AzureCosmosDbSource } from "../../protocol/data-sources/document-databases.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { defineSource, type SourceContext, type SourceDriver } from "../define-source.ts";
import type { MongoAccessOptions, MongoCall, MongoTarget } from "../mongo/access.ts";
import { parseMongoAddress } from "../mongo/address.ts";
import { createMongoSearch } from "../mongo/mongo-search.ts";
import { discoverIndex, type VectorIndex } from "./discover-index.ts";
import { searchIndex } from "./search-index.ts";

const TYPE = "azure_cosmos_db";

/**
 * Azure Cosmos DB for MongoDB vCore: nearest vectors by `cosmosSearch`, fused with words where the collection has a text
 * index.
 */
export function azureCosmosDb(options: MongoAccessOptions = {}): SourceDriver {
  const mongo = createMongoSearch<VectorIndex>(options);
  return defineSource({
    type: TYPE,
    capabilities: { filters: false, vectors: true },
    open(settings, context) {
      const asked = () => {
        const target = targetOf(settings, context);
        const discover = (call: MongoCall) => discoverIndex(call, { target, settings });
        return { target, settings, discover };
      };
      return {
        type: TYPE,
        scoreKind: "cosine",
        inspect: mongo.inspect(asked, {
          vectorsOf: ({ path, dimensions }) => [{ name: path, dimensions }],
          notesOf: ({ hasWords }) =>
            hasWords ? ["Words are searched, too, by a text index."] : [],
        }),
        search: async (query) =>
          mongo.search({
            ...asked(),
            query,
            context,
            vectorOf: (index) => index,
            search: searchIndex,
          }),
      };
    },
    close: () => mongo.close(),
  });
}

function targetOf(
  { authentication, databaseName, containerName }: AzureCosmosDbSource,
  { guard }: SourceContext,
): MongoTarget {
  if (authentication.type !== "connection_string") {
    throw new GroundwireError(
      "data_source_invalid",
      `${TYPE}: 'authentication' must be of type 'connection_string'.`,
    );
  }
  return {
    subject: TYPE,
    address: parseMongoAddress(authentication.connectionString, `${TYPE}: 'connection_string'`),
    database: databaseName,
    collection: containerName,
    guard,
  };
}
