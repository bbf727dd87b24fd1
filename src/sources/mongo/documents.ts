import type { AggregationCursor, Document, FindCursor } from "mongodb";

import type { MongoCall } from "./access.ts";
import { refusalOf } from "./failures.ts";

/** At most so many documents of a cursor, which is closed then: a server may go on for ever. */
export async function take(
  cursor: AggregationCursor<Document> | FindCursor<Document>,
  most: number,
): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const document of cursor) {
    documents.push(document);
    if (documents.length >= most) break;
  }
  return documents;
}

/** Null when the server refuses: for what a question is better with and was not asked for. */
export async function orNothing<Value>(answer: Promise<Value>): Promise<Value | null> {
  try {
    return await answer;
  } catch (error) {
    if (refusalOf(error) === null) throw error;
    return null;
  }
}

export async function hasCollection({
  database,
  collection,
  options,
}: MongoCall): Promise<boolean> {
  const { signal, maxTimeMS } = options;
  const filter = { name: collection.collectionName };
  const found = database.listCollections(filter, { nameOnly: true, signal, maxTimeMS });
  for await (const { name } of found) if (name === collection.collectionName) return true;
  return false;
}
