import { rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";

import { GroundwireError } from "../../../protocol/errors.ts";
import { openDatabase, openExisting, type OpenOptions, type Sql, sqlOf } from "../database.ts";
import { PASSAGES_MIGRATIONS } from "./schema.ts";

/** An open store costs three file descriptors; the least used are closed beyond this. */
const MOST_OPEN = 64;
const STORE_ID = /^vs_[A-Za-z0-9]+$/u;
/** A search reads hundreds of small rows all over the file. Address space only: what is read may leave memory at any time. */
const MAPPED_BYTES = 2 ** 30;
const OPTIONS: OpenOptions = {
  durability: "FULL",
  migrations: PASSAGES_MIGRATIONS,
  mappedBytes: MAPPED_BYTES,
};

export interface OpenStores {
  /** Null when there is no such store. */
  open(storeId: string): Sql | null;
  /** Opens it, after making it when it is not there. @throws GroundwireError when the id could not be a file's name. */
  create(storeId: string): Sql;
  close(storeId: string): void;
  /** Closes it and removes its files. */
  drop(storeId: string): void;
  closeAll(): void;
}

/** The databases of one folder, opened when needed and kept open while they are in use. Least recently used first. */
export function openStores(folder: string): OpenStores {
  const stores = new Map<string, { database: DatabaseSync; sql: Sql }>();

  /** Null for what is no id: what a caller sends never becomes a path. */
  function pathOf(storeId: string): string | null {
    return STORE_ID.test(storeId) ? join(folder, `${storeId}.sqlite`) : null;
  }

  function close(storeId: string): void {
    stores.get(storeId)?.database.close();
    stores.delete(storeId);
  }

  function known(storeId: string): Sql | null {
    const store = stores.get(storeId);
    if (!store) return null;
    stores.delete(storeId);
    stores.set(storeId, store);
    return store.sql;
  }

  function keep(storeId: string, database: DatabaseSync): Sql {
    const sql = sqlOf(database);
    stores.set(storeId, { database, sql });
    const oldest = stores.size > MOST_OPEN ? stores.keys().next().value : undefined;
    if (oldest !== undefined) close(oldest);
    return sql;
  }

  return {
    close,
    open(storeId) {
      const path = pathOf(storeId);
      if (path === null) return null;
      const open = known(storeId);
      if (open) return open;
      const database = openExisting(path, OPTIONS);
      return database && keep(storeId, database);
    },
    create(storeId) {
      const path = pathOf(storeId);
      if (path === null) {
        throw new GroundwireError(
          "invalid_value",
          "A vector store id is 'vs_' followed by letters and digits.",
        );
      }
      return known(storeId) ?? keep(storeId, openDatabase(path, OPTIONS));
    },
    drop(storeId) {
      const path = pathOf(storeId);
      if (path === null) return;
      close(storeId);
      // The log first: one left without its database would be taken for the log of a new one.
      for (const suffix of ["-wal", "-shm", ""]) rmSync(path + suffix, { force: true });
    },
    closeAll() {
      for (const storeId of stores.keys()) close(storeId);
    },
  };
}
