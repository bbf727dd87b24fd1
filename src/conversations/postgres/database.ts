import pg from "pg";
import type { PoolClient } from "pg";

import { storeUnavailable } from "../unavailable.ts";
import { POSTGRES_MIGRATIONS, TRIGRAM_INDEX } from "./schema.ts";

export type Row = Record<string, unknown>;

export interface Queries {
  all(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Answers how many rows were changed. */
  run(sql: string, values?: unknown[]): Promise<number>;
}

export interface PostgresDatabase extends Queries {
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Any number, the same for every process: one at a time brings the tables up to date. */
const MIGRATION_LOCK = 7_316_504;

/**
 * Connects and brings the tables up to date. Everything that fails later is GroundwireError `conversations_unavailable`.
 * @param url `postgres://…`, with whatever `pg` understands in it (`sslmode`).
 */
export async function openPostgres(url: string): Promise<PostgresDatabase> {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: "groundwire",
  });
  // A connection that breaks while it is idle is replaced when the next one is needed.
  pool.on("error", ignore);
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    ...queriesOf(pool),
    async transaction(work) {
      const client = await pool.connect().catch(refused);
      // Also while nobody waits for an answer of this one.
      client.on("error", ignore);
      let failure: Error | undefined;
      try {
        await client.query("BEGIN");
        const result = await work(queriesOf(client));
        await client.query("COMMIT");
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch((broken: Error) => (failure = broken));
        return refused(error);
      } finally {
        client.off("error", ignore);
        client.release(failure);
      }
    },
    close: () => pool.end(),
  };
}

function queriesOf(connection: Pick<pg.Pool, "query"> | PoolClient): Queries {
  return {
    all: async (sql, values = []) => (await connection.query<Row>(sql, values).catch(refused)).rows,
    run: async (sql, values = []) =>
      (await connection.query(sql, values).catch(refused)).rowCount ?? 0,
  };
}

function ignore(): void {}

function refused(error: unknown): never {
  throw storeUnavailable(error);
}

async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query("CREATE TABLE IF NOT EXISTS groundwire_schema (version INTEGER NOT NULL)");
    const { rows } = await client.query<{ version: number }>(
      "SELECT version FROM groundwire_schema",
    );
    const version = rows[0]?.version ?? 0;
    if (version > POSTGRES_MIGRATIONS.length) {
      throw new Error(
        `the tables are of version ${version}, this Groundwire knows ${POSTGRES_MIGRATIONS.length}: use the newer one`,
      );
    }
    for (const statements of POSTGRES_MIGRATIONS.slice(version)) await client.query(statements);
    await client.query("DELETE FROM groundwire_schema");
    await client.query("INSERT INTO groundwire_schema VALUES ($1)", [POSTGRES_MIGRATIONS.length]);
    await client.query("SAVEPOINT index");
    await client.query(TRIGRAM_INDEX).catch(() => client.query("ROLLBACK TO SAVEPOINT index"));
    await client.query("COMMIT");
  } finally {
    client.release(true);
  }
}
