import type { FileCounts } from "../../storage.ts";
import type { Sql } from "../database.ts";

/** Files of a store or of a batch by status, with the bytes they use. Reads one index only. */
export function countFiles(
  sql: Sql,
  { column, id }: { column: "store_id" | "batch_id"; id: string },
): { fileCounts: FileCounts; usageBytes: number } {
  const fileCounts: FileCounts = {
    in_progress: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
    total: 0,
  };
  let usageBytes = 0;
  const rows = sql.all(
    `SELECT status, count(*) AS files, sum(usage_bytes) AS bytes FROM vector_store_files WHERE ${column} = :id GROUP BY status`,
    { id },
  );
  for (const row of rows) {
    const status = String(row["status"]);
    if (status !== "total" && Object.hasOwn(fileCounts, status)) {
      fileCounts[status as keyof FileCounts] = Number(row["files"]);
    }
    fileCounts.total += Number(row["files"]);
    usageBytes += Number(row["bytes"]);
  }
  return { fileCounts, usageBytes };
}
