import { type Db, type Document, MongoClient } from "mongodb";

import { KIT_DIMENSIONS, KIT_DOCUMENTS } from "../source-documents.ts";
import { TEST_CERTIFICATE } from "../test-certificate.ts";
import { type MongoHost, type MongoHostOptions, startMongoHost } from "./mongo-host.ts";

/** Who is let in. */
export const READER = { username: "reader", password: "r3ader-s3cret" };

/** Where the documents are, and the index of their vectors. */
export const HANDBOOK = { database: "hr", collection: "handbook", index: "vectors" };

/** Paths of what the documents hold. */
export const HANDBOOK_FIELDS = {
  contentFields: ["text.body"],
  vectorFields: ["embedding"],
  titleField: "title",
  urlField: "url",
  filepathField: "filepath",
};

export interface FilledHostOptions extends Pick<MongoHostOptions, "flavour" | "hello"> {
  /** Of the vector index, instead of the cosine. */
  similarity?: string;
  /** Of vCore. */
  kind?: string;
  /** Further documents and indexes. */
  prepare?: (database: Db) => Promise<unknown>;
}

/** A host that holds `KIT_DOCUMENTS` with an index of their vectors, filled by the official driver. */
export async function startFilledHost({
  prepare,
  similarity,
  kind = "vector-ivf",
  ...options
}: FilledHostOptions): Promise<MongoHost> {
  const { username, password } = READER;
  const host = await startMongoHost({
    ...options,
    users: { [username]: password },
    tls: TEST_CERTIFICATE,
  });
  await using client = new MongoClient(`mongodb://${host.address}/?directConnection=true`, {
    auth: READER,
    tls: true,
    ca: TEST_CERTIFICATE.cert,
  });
  const database = client.db(HANDBOOK.database);
  const handbook = database.collection<Document>(HANDBOOK.collection);
  await handbook.insertMany(
    KIT_DOCUMENTS.map(({ id, content, vector, ...rest }) => ({
      _id: id,
      text: { body: content },
      embedding: vector,
      ...rest,
    })) as Document[],
  );
  await prepare?.(database);
  if (options.flavour === "vcore") {
    const cosmosSearchOptions = {
      kind,
      similarity: similarity ?? "COS",
      dimensions: KIT_DIMENSIONS,
    };
    const index = { name: HANDBOOK.index, key: { embedding: "cosmosSearch" }, cosmosSearchOptions };
    await database.command({ createIndexes: HANDBOOK.collection, indexes: [index] });
  } else {
    const field = { type: "vector", path: "embedding", numDimensions: KIT_DIMENSIONS };
    const definition = { fields: [{ ...field, similarity: similarity ?? "cosine" }] };
    await handbook.createSearchIndex({ name: HANDBOOK.index, type: "vectorSearch", definition });
  }
  host.commands.length = 0;
  return host;
}
