import type { MongoDbSource } from "../../protocol/data-sources/document-databases.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { defineSource, type SourceContext, type SourceDriver } from "../define-source.ts";
import type { MongoAccessOptions, MongoCall, MongoTarget } from "../mongo/access.ts";
import { type MongoAddress, parseMongoAddress } from "../mongo/address.ts";
import { createMongoSearch } from "../mongo/mongo-search.ts";
import { discoverIndexes, type SearchPlan } from "./discover-indexes.ts";
import { searchIndexes } from "./search-indexes.ts";

const TYPE = "mongo_db";

/**
 * MongoDB Atlas: nearest vectors by `$vectorSearch`, fused with words by `$search` where the collection has a search index of
 * the content; words alone where the index named is such a one.
 */
export function mongoDb(options: MongoAccessOptions = {}): SourceDriver {
  const mongo = createMongoSearch<SearchPlan>(options);
  return defineSource({
    type: TYPE,
    capabilities: { filters: false, vectors: true },
    open(settings, context) {
      const asked = () => {
        const target = targetOf(settings, context);
        const discover = (call: MongoCall) => discoverIndexes(call, { target, settings });
        return { target, settings, discover };
      };
      return {
        type: TYPE,
        scoreKind: "cosine",
        inspect: mongo.inspect(asked, {
          vectorsOf: ({ vectors }) =>
            (vectors?.fields ?? []).map(({ path }) => ({
              name: path,
              dimensions: vectors?.dimensions ?? null,
            })),
          notesOf: ({ words }) =>
            words === null ? [] : [`Words are searched, too, by the index '${words}'.`],
        }),
        search: async (query) =>
          mongo.search({
            ...asked(),
            query,
            context,
            vectorOf: ({ vectors }) => vectors,
            search: searchIndexes,
          }),
      };
    },
    close: () => mongo.close(),
  });
}

function targetOf(settings: MongoDbSource, { guard }: SourceContext): MongoTarget {
  const { databaseName, collectionName } = settings;
  return {
    subject: TYPE,
    address: addressOf(settings),
    database: databaseName,
    collection: collectionName,
    guard,
  };
}

/** The endpoint is the name of a cluster; hosts with ports and whole addresses are understood, too. */
function addressOf({ endpoint, authentication, appName }: MongoDbSource): MongoAddress {
  if (authentication.type !== "username_and_password") {
    throw new GroundwireError(
      "data_source_invalid",
      `${TYPE}: 'authentication' must be of type 'username_and_password'.`,
    );
  }
  const address = parseMongoAddress(toUri(endpoint), `${TYPE}: 'endpoint'`);
  if (address.credentials !== null) {
    throw new GroundwireError(
      "data_source_invalid",
      `${TYPE}: 'endpoint' must have no user name or password; they belong into 'authentication'.`,
    );
  }
  const { username, password } = authentication;
  return { ...address, credentials: { username, password }, appName };
}

function toUri(endpoint: string): string {
  if (endpoint.includes("://")) return endpoint;
  const name = endpoint.replace(/\/+$/u, "");
  // Names with ports are no names of clusters in DNS, and Atlas always speaks TLS.
  return name.includes(":") ? `mongodb://${name}/?tls=true` : `mongodb+srv://${name}/`;
}
