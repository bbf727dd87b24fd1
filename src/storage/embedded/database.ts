import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** `NORMAL` survives a killed process; `FULL` also a power cut. */
export type Durability = "NORMAL" | "FULL";

export interface OpenOptions {
  durability: Durability;
  /** Run in order, each once; the position of the last one run is the database's `user_version`. */
  migrations: readonly string[];
}

/** Opens a SQLite file in WAL mode and brings its schema up to date. */
export function openDatabase(path: string, { durability, migrations }: OpenOptions): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: true });
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability}`);
  migrate(database, migrations);
  return database;
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  const row = database.prepare("PRAGMA user_version").get();
  const version = Number(row?.["user_version"] ?? 0);
  migrations.slice(version).forEach((sql, index) => {
    transaction(database, () => {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${version + index + 1}`);
    });
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
  };
}
