import type { ResponseRecord, ResponseRecords } from "../../response-records.ts";
import type { Row, Sql } from "../database.ts";
import { textOrNull } from "./rows.ts";
import type { Synchronous } from "./synchronous.ts";

export function responseRecords(sql: Sql): Synchronous<ResponseRecords> {
  return {
    put({ isRunning, ...record }) {
      sql.run(
        `INSERT OR REPLACE INTO responses (id, tenant, previous_id, is_running, input, body, expires_at)
         VALUES (:id, :tenant, :previousId, :isRunning, :input, :body, :expiresAt)`,
        { ...record, isRunning: Number(isRunning) },
      );
    },
    get(tenant, id) {
      const row = sql.one("SELECT * FROM responses WHERE tenant = :tenant AND id = :id", {
        tenant,
        id,
      });
      return row ? toResponse(row) : null;
    },
    chain(tenant, id, most) {
      return sql
        .all(
          `WITH RECURSIVE chain (depth, id) AS (
             SELECT 1, id FROM responses WHERE tenant = :tenant AND id = :id
             UNION ALL
             SELECT depth + 1, responses.previous_id FROM chain JOIN responses USING (id)
             WHERE tenant = :tenant AND previous_id IS NOT NULL AND depth < :most
           )
           SELECT responses.* FROM chain JOIN responses USING (id)
           WHERE tenant = :tenant ORDER BY depth DESC`,
          { tenant, id, most },
        )
        .map(toResponse);
    },
    delete(tenant, id) {
      return (
        sql.run("DELETE FROM responses WHERE tenant = :tenant AND id = :id", { tenant, id }) > 0
      );
    },
    running() {
      return sql.all("SELECT * FROM responses WHERE is_running = 1", {}).map(toResponse);
    },
    deleteExpired(now) {
      return sql.run("DELETE FROM responses WHERE expires_at <= :now", { now });
    },
  };
}

function toResponse(row: Row): ResponseRecord {
  return {
    id: String(row["id"]),
    tenant: String(row["tenant"]),
    previousId: textOrNull(row["previous_id"]),
    isRunning: row["is_running"] === 1,
    input: String(row["input"]),
    body: String(row["body"]),
    expiresAt: Number(row["expires_at"]),
  };
}
