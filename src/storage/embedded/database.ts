import { existsSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

import { GroundwireError } from "../../protocol/errors.ts";

/** `NORMAL` survives a killed process; `FULL` also a power cut. */
export type Durability = "NORMAL" | "FULL";

export interface OpenOptions {
  durability: Durability;
  /** Run in order, each once; the position of the last one run is the database's `user_version`. */
  migrations: readonly string[];
  /** So many bytes of the file are read in the system's own cache instead of being copied from it; none by default. */
  mappedBytes?: number;
}

/**
 * Opens a SQLite file in WAL mode, made when it is not there, and brings its schema up to date.
 * @throws GroundwireError when its schema is newer than this program.
 */
export function openDatabase(path: string, options: OpenOptions): DatabaseSync {
  return prepareDatabase(new DatabaseSync(path, CONNECTION), { path, ...options });
}

/**
 * As `openDatabase`, but null when there is no such file, or when another thread is only just making it: nothing has
 * been committed to it then.
 */
export function openExisting(path: string, options: OpenOptions): DatabaseSync | null {
  if (!existsSync(path)) return null;
  const database = new DatabaseSync(path, CONNECTION);
  if (schemaVersion(database) > 0) return prepareDatabase(database, { path, ...options });
  database.close();
  return null;
}

/** A thread may have to wait for the transaction of another one; none is long, but a slow disk is. */
const CONNECTION = { timeout: 60_000, enableForeignKeyConstraints: true };

/** `code` is a primary result code: https://sqlite.org/rescode.html */
export function isSqliteError(error: unknown, code: number): boolean {
  return (
    error instanceof Error &&
    "errcode" in error &&
    typeof error.errcode === "number" &&
    (error.errcode & 0xff) === code
  );
}

function prepareDatabase(
  database: DatabaseSync,
  { path, durability, migrations, mappedBytes = 0 }: OpenOptions & { path: string },
): DatabaseSync {
  try {
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability}; PRAGMA mmap_size = ${mappedBytes}`,
    );
    migrate(database, { path, migrations });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Migrations that have been run; 0 for a file whose schema is still being made. */
function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

function migrate(
  database: DatabaseSync,
  { path, migrations }: { path: string; migrations: readonly string[] },
): void {
  if (schemaVersion(database) === migrations.length) return;
  transaction(database, () => {
    // Asked again: another thread may have been first.
    const version = schemaVersion(database);
    if (version > migrations.length) {
      throw new GroundwireError(
        "conflict",
        `${path} was written by a newer version of Groundwire (schema ${version}; this version knows ${migrations.length}). Start that version, or use another data folder.`,
      );
    }
    for (const sql of migrations.slice(version)) database.exec(sql);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** Runs `work` in one write transaction: all of it happens, or nothing. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

export type Row = Record<string, unknown>;
export type Parameters = Record<string, SQLInputValue>;

/** Statements by their text, prepared once for the life of the database. */
export interface Sql {
  one(text: string, parameters?: Parameters): Row | undefined;
  all(text: string, parameters?: Parameters): Row[];
  /** Answers the number of rows changed. */
  run(text: string, parameters?: Parameters): number;
  transaction<T>(work: () => T): T;
  /** All that `work` reads is of one moment, whatever other threads commit meanwhile. */
  snapshot<T>(work: () => T | Promise<T>): Promise<T>;
}

export function sqlOf(database: DatabaseSync): Sql {
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const statement = (text: string): ReturnType<DatabaseSync["prepare"]> => {
    const known = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, known);
    return known;
  };
  return {
    one: (text, parameters = {}) => statement(text).get(parameters),
    all: (text, parameters = {}) => statement(text).all(parameters),
    run: (text, parameters = {}) => Number(statement(text).run(parameters).changes),
    transaction: (work) => transaction(database, work),
    async snapshot(work) {
      database.exec("BEGIN");
      try {
        return await work();
      } finally {
        database.exec("COMMIT");
      }
    },
  };
}
