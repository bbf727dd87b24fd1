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
        sql.run("UPDATE jobs SET lease_until = 0 WHERE lease_until > 0 AND lease_until <= :now", {
          now,
        });
        for (let row = nextJob(sql); row; row = nextJob(sql)) {
          const id = Number(row["id"]);
          if (Number(row["attempts"]) >= MOST_ATTEMPTS) {
            giveUp(sql, id);
            continue;
          }
          sql.run(
            "UPDATE jobs SET attempts = attempts + 1, fence = fence + 1, lease_until = :until WHERE id = :id",
            { id, until: now + leaseSeconds },
          );
          return jobById(sql, id);
        }
        return null;
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

/**
 * The oldest free job of the tenant with the fewest running ones. Goes from tenant to tenant by the index, so that
 * ten thousand waiting files of one tenant cost no more than one.
 */
function nextJob(sql: Sql): Row | undefined {
  return sql.one(
    `WITH RECURSIVE tenants (tenant) AS (
       SELECT min(tenant) FROM jobs WHERE lease_until = 0
       UNION ALL
       SELECT (SELECT min(tenant) FROM jobs WHERE lease_until = 0 AND tenant > tenants.tenant)
         FROM tenants WHERE tenant IS NOT NULL)
     SELECT jobs.id, attempts,
         (SELECT count(*) FROM jobs AS running WHERE running.tenant = tenants.tenant AND lease_until > 0) AS running
       FROM tenants
       JOIN jobs ON jobs.id = (SELECT min(id) FROM jobs WHERE tenant = tenants.tenant AND lease_until = 0)
       ORDER BY running, jobs.id LIMIT 1`,
  );
}

function jobById(sql: Sql, id: number): IngestJob | null {
  const row = sql.one(
    `SELECT jobs.*, attributes, max_chunk_size_tokens, chunk_overlap_tokens
       FROM jobs JOIN vector_store_files USING (store_id, file_id) WHERE jobs.id = :id`,
    { id },
  );
  return row ? toJob(row) : null;
}

function giveUp(sql: Sql, id: number): void {
  sql.run(
    `UPDATE vector_store_files SET status = 'failed', stage = 'done', error_code = 'server_error',
       error_message = 'The server stopped ' || :most || ' times while reading this file, so it was given up. Attach it again to retry.'
       WHERE (store_id, file_id) = (SELECT store_id, file_id FROM jobs WHERE id = :id)`,
    { id, most: MOST_ATTEMPTS },
  );
  sql.run("DELETE FROM jobs WHERE id = :id", { id });
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
