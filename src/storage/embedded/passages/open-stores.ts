import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";

import { openDatabase, type Sql, sqlOf } from "../database.ts";
import { PASSAGES_MIGRATIONS } from "./schema.ts";

/** An open store costs three file descriptors; the least used are closed beyond this. */
const MOST_OPEN = 64;
const STORE_ID = /^vs_[A-Za-z0-9]+$/u;

export interface OpenStores {
  /** Null when the store has no database and `create` was not asked for. */
  open(storeId: string, options?: { create: boolean }): Sql | null;
  close(storeId: string): void;
  /** Closes it and removes its files. */
  drop(storeId: string): void;
  closeAll(): void;
}

/** The databases of one folder, opened when needed and kept open while they are in use. Least recently used first. */
export function openStores(folder: string): OpenStores {
  const stores = new Map<string, { database: DatabaseSync; sql: Sql }>();

  function pathOf(storeId: string): string {
    if (!STORE_ID.test(storeId))
      throw new Error("a store id never holds anything but letters and digits");
    return join(folder, `${storeId}.sqlite`);
  }

  function close(storeId: string): void {
    stores.get(storeId)?.database.close();
    stores.delete(storeId);
  }

  return {
    close,
    open(storeId, { create } = { create: false }) {
      const path = pathOf(storeId);
      const known = stores.get(storeId);
      if (known) {
        stores.delete(storeId);
        stores.set(storeId, known);
        return known.sql;
      }
      if (!create && !existsSync(path)) return null;
      const database = openDatabase(path, { durability: "FULL", migrations: PASSAGES_MIGRATIONS });
      const sql = sqlOf(database);
      stores.set(storeId, { database, sql });
      const oldest = stores.size > MOST_OPEN ? stores.keys().next().value : undefined;
      if (oldest !== undefined) close(oldest);
      return sql;
    },
    drop(storeId) {
      const path = pathOf(storeId);
      close(storeId);
      for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
    },
    closeAll() {
      for (const storeId of stores.keys()) close(storeId);
    },
  };
}
