import type { IngestJob, JobQueue } from "../../storage.ts";
import type { Row, Sql } from "../database.ts";
import type { Synchronous } from "./synchronous.ts";

/** A file that was being read at this many crashes or lost leases is taken to be their cause. */
const MOST_ATTEMPTS = 5;

const MINE = "id = :id AND fence = :fence";

export function jobQueue(sql: Sql): Synchronous<JobQueue> {
  return {
    claim({ now, leaseSeconds }) {
      return sql.transaction(() => {
        giveUpOnPoison(sql, now);
        const next = nextJob(sql, now);
        if (next === null) return null;
        sql.run(
          "UPDATE jobs SET attempts = attempts + 1, fence = fence + 1, lease_until = :until WHERE id = :id",
          { id: next, until: now + leaseSeconds },
        );
        const row = sql.one(
          `SELECT jobs.*, attributes, max_chunk_size_tokens, chunk_overlap_tokens
             FROM jobs JOIN vector_store_files USING (store_id, file_id) WHERE jobs.id = :id`,
          { id: next },
        );
        return row ? toJob(row) : null;
      });
    },
    renew({ id, fence, vectorStoreId, fileId }, { now, leaseSeconds, stage }) {
      return sql.transaction(() => {
        const until = now + leaseSeconds;
        const held =
          sql.run(`UPDATE jobs SET lease_until = :until WHERE ${MINE}`, { id, fence, until }) > 0;
        if (held) {
          sql.run(
            "UPDATE vector_store_files SET stage = :stage WHERE store_id = :vectorStoreId AND file_id = :fileId",
            { stage, vectorStoreId, fileId },
          );
        }
        return held;
      });
    },
    finish({ id, fence, vectorStoreId, fileId }, outcome) {
      return sql.transaction(() => {
        if (sql.run(`DELETE FROM jobs WHERE ${MINE}`, { id, fence }) === 0) return false;
        const error = outcome.status === "failed" ? outcome.error : null;
        sql.run(
          `UPDATE vector_store_files SET status = :status, stage = 'done', usage_bytes = :usageBytes,
             error_code = :code, error_message = :message
             WHERE store_id = :vectorStoreId AND file_id = :fileId`,
          {
            vectorStoreId,
            fileId,
            status: outcome.status,
            usageBytes: outcome.status === "completed" ? outcome.usageBytes : 0,
            code: error?.code ?? null,
            message: error?.message ?? null,
          },
        );
        return true;
      });
    },
    releaseAll() {
      return sql.run("UPDATE jobs SET lease_until = 0 WHERE lease_until > 0");
    },
  };
}

/** The oldest free job of the tenant with the fewest running ones. */
function nextJob(sql: Sql, now: number): number | null {
  const row = sql.one(
    `WITH waiting AS (SELECT tenant, min(id) AS id FROM jobs WHERE lease_until <= :now GROUP BY tenant),
          running AS (SELECT tenant, count(*) AS jobs FROM jobs WHERE lease_until > :now GROUP BY tenant)
     SELECT waiting.id FROM waiting LEFT JOIN running USING (tenant)
       ORDER BY coalesce(running.jobs, 0), waiting.id LIMIT 1`,
    { now },
  );
  return row ? Number(row["id"]) : null;
}

function giveUpOnPoison(sql: Sql, now: number): void {
  const limits = { now, most: MOST_ATTEMPTS };
  sql.run(
    `UPDATE vector_store_files SET status = 'failed', stage = 'done', error_code = 'server_error',
       error_message = 'Reading this file was interrupted ' || :most || ' times, so it was given up. Attach it again to retry.'
       WHERE (store_id, file_id) IN (SELECT store_id, file_id FROM jobs WHERE attempts >= :most AND lease_until <= :now)`,
    limits,
  );
  sql.run("DELETE FROM jobs WHERE attempts >= :most AND lease_until <= :now", limits);
}

function toJob(row: Row): IngestJob {
  return {
    id: Number(row["id"]),
    tenant: String(row["tenant"]),
    vectorStoreId: String(row["store_id"]),
    fileId: String(row["file_id"]),
    chunking: {
      maxChunkSizeTokens: Number(row["max_chunk_size_tokens"]),
      chunkOverlapTokens: Number(row["chunk_overlap_tokens"]),
    },
    // Written by `attach` from the types of the interface.
    attributes: JSON.parse(String(row["attributes"])) as IngestJob["attributes"],
    attempts: Number(row["attempts"]),
    fence: Number(row["fence"]),
  };
}
