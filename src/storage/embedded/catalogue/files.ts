import type { FileRecord, FileRecords } from "../../storage.ts";
import type { Row, Sql } from "../database.ts";
import { listPage } from "./page.ts";
import type { Synchronous } from "./synchronous.ts";

export function fileRecords(sql: Sql): Synchronous<FileRecords> {
  return {
    create(file) {
      sql.run(
        `INSERT INTO files (id, tenant, filename, bytes, purpose, requested_purpose, media_type, created_at, expires_at)
         VALUES (:id, :tenant, :filename, :bytes, :purpose, :requestedPurpose, :mediaType, :createdAt, :expiresAt)`,
        { ...file },
      );
    },
    get(tenant, id) {
      const row = sql.one("SELECT * FROM files WHERE tenant = :tenant AND id = :id", {
        tenant,
        id,
      });
      return row ? toFile(row) : null;
    },
    list(tenant, { purpose, ...query }) {
      return listPage(sql, query, {
        from: "files WHERE tenant = :tenant",
        filter: purpose === undefined ? "" : "AND purpose = :purpose",
        idColumn: "id",
        parameters: { tenant, ...(purpose === undefined ? {} : { purpose }) },
        toRecord: toFile,
      });
    },
    delete(tenant, id) {
      return sql.transaction(() => {
        const stores = sql.all("SELECT store_id FROM vector_store_files WHERE file_id = :id", {
          id,
        });
        const deleted = sql.run("DELETE FROM files WHERE tenant = :tenant AND id = :id", {
          tenant,
          id,
        });
        return deleted === 0
          ? null
          : { vectorStoreIds: stores.map((row) => String(row["store_id"])) };
      });
    },
    expired(now) {
      return sql
        .all("SELECT tenant, id FROM files WHERE expires_at <= :now", { now })
        .map((row) => ({ tenant: String(row["tenant"]), id: String(row["id"]) }));
    },
    exists(id) {
      return sql.one("SELECT 1 FROM files WHERE id = :id", { id }) !== undefined;
    },
  };
}

function toFile(row: Row): FileRecord {
  return {
    id: String(row["id"]),
    tenant: String(row["tenant"]),
    filename: String(row["filename"]),
    bytes: Number(row["bytes"]),
    purpose: String(row["purpose"]),
    requestedPurpose: String(row["requested_purpose"]),
    mediaType: String(row["media_type"]),
    createdAt: Number(row["created_at"]),
    expiresAt: row["expires_at"] === null ? null : Number(row["expires_at"]),
  };
}
