import { GroundwireError } from "../../../protocol/errors.ts";
import type { Attributes } from "../../../protocol/filters.ts";
import type {
  FileBatchRecord,
  FileCounts,
  LastError,
  NewAttachment,
  VectorStoreFileRecord,
  VectorStoreFileStatus,
  VectorStoreRecords,
} from "../../storage.ts";
import { isSqliteError, type Row, type Sql } from "../database.ts";
import { countFiles } from "./file-counts.ts";
import { listPage } from "./page.ts";
import { textOrNull } from "./rows.ts";
import type { Synchronous } from "./synchronous.ts";

type Attachments = Pick<
  VectorStoreRecords,
  | "attach"
  | "getFile"
  | "attributesOf"
  | "listFiles"
  | "setAttributes"
  | "detach"
  | "getBatch"
  | "cancelBatch"
  | "pendingFiles"
>;

const SQLITE_CONSTRAINT = 19;

function readAttachment(sql: Sql, storeId: string, fileId: string): VectorStoreFileRecord | null {
  const row = sql.one(
    "SELECT * FROM vector_store_files WHERE store_id = :storeId AND file_id = :fileId",
    { storeId, fileId },
  );
  return row ? toAttachment(row) : null;
}

function readAttributes(sql: Sql, fileId: string): Attributes[] {
  return sql
    .all("SELECT * FROM vector_store_files WHERE file_id = :fileId", { fileId })
    .map((row) => toAttachment(row).attributes);
}

/** Files in stores, with the jobs that ingest them: a row `in_progress` has a job, a settled one has none. */
export function attachments(sql: Sql): Synchronous<Attachments> {
  const getFile = (storeId: string, fileId: string): VectorStoreFileRecord | null =>
    readAttachment(sql, storeId, fileId);
  const getBatch = (storeId: string, batchId: string): FileBatchRecord | null => {
    const row = sql.one("SELECT * FROM file_batches WHERE store_id = :storeId AND id = :batchId", {
      storeId,
      batchId,
    });
    return row
      ? toBatch(row, countFiles(sql, { column: "batch_id", id: batchId }).fileCounts)
      : null;
  };

  return {
    getFile,
    getBatch,
    attributesOf: (fileId) => readAttributes(sql, fileId),
    attach(storeId, files, options) {
      try {
        return sql.transaction(() => {
          if (options.batchId !== null)
            insertBatch(sql, storeId, { ...options, batchId: options.batchId });
          for (const file of files) insertAttachment(sql, storeId, { ...file, ...options });
          return files.flatMap(({ fileId }) => getFile(storeId, fileId) ?? []);
        });
      } catch (error) {
        if (!isSqliteError(error, SQLITE_CONSTRAINT)) throw error;
        throw new GroundwireError(
          "not_found",
          `The vector store ${storeId} or one of the files was deleted meanwhile; nothing was attached.`,
        );
      }
    },
    listFiles(storeId, { status, batchId, ...query }) {
      return listPage(sql, query, {
        from: "vector_store_files WHERE store_id = :storeId",
        filter: `${status === undefined ? "" : "AND status = :status"} ${batchId === undefined ? "" : "AND batch_id = :batchId"}`,
        idColumn: "file_id",
        parameters: {
          storeId,
          ...(status === undefined ? {} : { status }),
          ...(batchId === undefined ? {} : { batchId }),
        },
        toRecord: toAttachment,
      });
    },
    setAttributes(storeId, fileId, attributes) {
      sql.run(
        "UPDATE vector_store_files SET attributes = :attributes WHERE store_id = :storeId AND file_id = :fileId",
        { storeId, fileId, attributes: JSON.stringify(attributes) },
      );
      return getFile(storeId, fileId);
    },
    detach(storeId, fileId) {
      const parameters = { storeId, fileId };
      return (
        sql.run(
          "DELETE FROM vector_store_files WHERE store_id = :storeId AND file_id = :fileId",
          parameters,
        ) > 0
      );
    },
    cancelBatch(storeId, batchId) {
      return sql.transaction(() => {
        sql.run(
          "UPDATE file_batches SET cancelled = 1 WHERE store_id = :storeId AND id = :batchId",
          {
            storeId,
            batchId,
          },
        );
        sql.run(
          `DELETE FROM jobs WHERE store_id = :storeId
             AND file_id IN (SELECT file_id FROM vector_store_files WHERE store_id = :storeId AND batch_id = :batchId)`,
          { storeId, batchId },
        );
        sql.run(
          `UPDATE vector_store_files SET status = 'cancelled', stage = 'done'
             WHERE store_id = :storeId AND batch_id = :batchId AND status = 'in_progress'`,
          { storeId, batchId },
        );
        return getBatch(storeId, batchId);
      });
    },
    pendingFiles(storeIds) {
      const row = sql.one(
        `SELECT count(*) AS pending FROM vector_store_files
           WHERE status = 'in_progress' AND store_id IN (SELECT value FROM json_each(:storeIds))`,
        { storeIds: JSON.stringify(storeIds) },
      );
      return Number(row?.["pending"] ?? 0);
    },
  };
}

function insertBatch(
  sql: Sql,
  storeId: string,
  { batchId, now }: { batchId: string; now: number },
): void {
  sql.run("INSERT INTO file_batches (id, store_id, created_at) VALUES (:batchId, :storeId, :now)", {
    batchId,
    storeId,
    now,
  });
}

function insertAttachment(
  sql: Sql,
  storeId: string,
  attachment: NewAttachment & { batchId: string | null; tenant: string; now: number },
): void {
  const { fileId, chunking, attributes, batchId, tenant, now } = attachment;
  // Deleting first drops the job of an earlier attachment too, so its holder learns that it lost the file.
  sql.run("DELETE FROM vector_store_files WHERE store_id = :storeId AND file_id = :fileId", {
    storeId,
    fileId,
  });
  sql.run(
    `INSERT INTO vector_store_files (store_id, file_id, batch_id, status, stage, max_chunk_size_tokens,
       chunk_overlap_tokens, attributes, created_at)
     VALUES (:storeId, :fileId, :batchId, 'in_progress', 'queued', :max, :overlap, :attributes, :now)`,
    {
      storeId,
      fileId,
      batchId,
      max: chunking.maxChunkSizeTokens,
      overlap: chunking.chunkOverlapTokens,
      attributes: JSON.stringify(attributes),
      now,
    },
  );
  sql.run("INSERT INTO jobs (tenant, store_id, file_id) VALUES (:tenant, :storeId, :fileId)", {
    tenant,
    storeId,
    fileId,
  });
}

function toAttachment(row: Row): VectorStoreFileRecord {
  return {
    vectorStoreId: String(row["store_id"]),
    fileId: String(row["file_id"]),
    batchId: textOrNull(row["batch_id"]),
    // Written by this folder only, from the types of the interface.
    status: String(row["status"]) as VectorStoreFileStatus,
    lastError: toLastError(textOrNull(row["error_code"]), textOrNull(row["error_message"])),
    chunking: {
      maxChunkSizeTokens: Number(row["max_chunk_size_tokens"]),
      chunkOverlapTokens: Number(row["chunk_overlap_tokens"]),
    },
    attributes: JSON.parse(String(row["attributes"])) as VectorStoreFileRecord["attributes"],
    usageBytes: Number(row["usage_bytes"]),
    createdAt: Number(row["created_at"]),
    stage: String(row["stage"]),
  };
}

function toLastError(code: string | null, message: string | null): LastError | null {
  // Written by the job queue from the type of the interface.
  return code === null ? null : { code: code as LastError["code"], message: message ?? "" };
}

function toBatch(row: Row, fileCounts: FileCounts): FileBatchRecord {
  const unfinished = fileCounts.in_progress > 0;
  return {
    id: String(row["id"]),
    vectorStoreId: String(row["store_id"]),
    createdAt: Number(row["created_at"]),
    status: row["cancelled"] === 1 ? "cancelled" : unfinished ? "in_progress" : "completed",
    fileCounts,
  };
}
