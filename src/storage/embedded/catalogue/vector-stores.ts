import type { VectorStoreRecord, VectorStoreRecords } from "../../storage.ts";
import type { Row, Sql } from "../database.ts";
import { attachments } from "./attachments.ts";
import { countFiles } from "./file-counts.ts";
import { listPage } from "./page.ts";
import { textOrNull } from "./rows.ts";
import type { Synchronous } from "./synchronous.ts";

export function vectorStoreRecords(sql: Sql): Synchronous<VectorStoreRecords> {
  const toStore = (row: Row): VectorStoreRecord => ({
    id: String(row["id"]),
    tenant: String(row["tenant"]),
    name: textOrNull(row["name"]),
    description: textOrNull(row["description"]),
    // Written by `create` and `update` below.
    metadata: JSON.parse(String(row["metadata"])) as Record<string, string>,
    createdAt: Number(row["created_at"]),
    lastActiveAt: Number(row["last_active_at"]),
    expiresAfterDays: row["expires_after_days"] === null ? null : Number(row["expires_after_days"]),
    ...countFiles(sql, { column: "store_id", id: String(row["id"]) }),
  });
  const get = (tenant: string, id: string): VectorStoreRecord | null => {
    const row = sql.one("SELECT * FROM vector_stores WHERE tenant = :tenant AND id = :id", {
      tenant,
      id,
    });
    return row ? toStore(row) : null;
  };

  return {
    ...attachments(sql),
    get,
    create({ metadata, ...store }) {
      sql.run(
        `INSERT INTO vector_stores (id, tenant, name, description, metadata, created_at, last_active_at, expires_after_days)
         VALUES (:id, :tenant, :name, :description, :metadata, :createdAt, :lastActiveAt, :expiresAfterDays)`,
        { ...store, metadata: JSON.stringify(metadata) },
      );
    },
    list(tenant, query) {
      return listPage(sql, query, {
        from: "vector_stores WHERE tenant = :tenant",
        idColumn: "id",
        parameters: { tenant },
        toRecord: toStore,
      });
    },
    update(tenant, id, change) {
      return sql.transaction(() => {
        const store = get(tenant, id);
        if (!store) return null;
        const { name, description, metadata, expiresAfterDays } = { ...store, ...change };
        sql.run(
          `UPDATE vector_stores SET name = :name, description = :description, metadata = :metadata,
             expires_after_days = :expiresAfterDays WHERE id = :id`,
          { id, name, description, metadata: JSON.stringify(metadata), expiresAfterDays },
        );
        return get(tenant, id);
      });
    },
    touch(id, now) {
      sql.run(
        // Many questions in one second are one write.
        "UPDATE vector_stores SET last_active_at = :now WHERE id = :id AND last_active_at < :now",
        { id, now },
      );
    },
    delete(tenant, id) {
      return (
        sql.run("DELETE FROM vector_stores WHERE tenant = :tenant AND id = :id", { tenant, id }) > 0
      );
    },
  };
}
