import { isDeepStrictEqual } from "node:util";
import { ObjectId } from "mongodb";

import { CommandError } from "./command-error.ts";
import type { Document } from "./wire.ts";

/** An index of Atlas Search, as `$listSearchIndexes` shows it. */
export interface SearchIndex {
  id: string;
  name: string;
  type: "search" | "vectorSearch";
  status: string;
  queryable: boolean;
  latestDefinition: Document;
}

export interface Collection {
  name: string;
  documents: Document[];
  /** As `listIndexes` shows them. */
  indexes: Document[];
  searchIndexes: SearchIndex[];
}

/** Databases and their collections, in memory. */
export interface HostData {
  collections(database: string): Collection[];
  find(database: string, name: string): Collection | null;
  /** The collection, made when there is none. */
  open(database: string, name: string): Collection;
}

export function createHostData(): HostData {
  const databases = new Map<string, Map<string, Collection>>();
  const collections = (database: string): Map<string, Collection> => {
    const known = databases.get(database) ?? new Map<string, Collection>();
    databases.set(database, known);
    return known;
  };
  return {
    collections: (database) => [...collections(database).values()],
    find: (database, name) => collections(database).get(name) ?? null,
    open(database, name) {
      const known = collections(database).get(name);
      if (known !== undefined) return known;
      const indexes = [{ v: 2, key: { _id: 1 }, name: "_id_" }];
      const made: Collection = { name, documents: [], indexes, searchIndexes: [] };
      collections(database).set(name, made);
      return made;
    },
  };
}

export function insertInto(collection: Collection, documents: Document[], namespace: string): void {
  for (const document of documents) {
    const { _id = new ObjectId(), ...rest } = document;
    if (collection.documents.some((known) => isDeepStrictEqual(known["_id"], _id))) {
      throw new CommandError(
        11000,
        `E11000 duplicate key error collection: ${namespace} index: _id_ dup key: { _id: ${JSON.stringify(_id)} }`,
      );
    }
    collection.documents.push({ _id, ...rest });
  }
}
