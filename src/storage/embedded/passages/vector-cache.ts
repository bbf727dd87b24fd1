import type { VectorMatrix } from "../../../search/vector.ts";
import type { Sql } from "../database.ts";
import { bytesOf } from "./rows.ts";

/** Keeps the vectors of a store in memory until they change. Entries go with their database when it is closed. */
export function createVectorCache(): (sql: Sql) => VectorMatrix | null {
  const cached = new WeakMap<Sql, { version: number; matrix: VectorMatrix | null }>();
  return (sql) => {
    const version = Number(
      sql.one("SELECT value FROM counters WHERE name = 'vectors_version'")?.["value"] ?? 0,
    );
    const known = cached.get(sql);
    if (known?.version === version) return known.matrix;
    const matrix = loadMatrix(sql);
    cached.set(sql, { version, matrix });
    return matrix;
  };
}

/** Vectors of another length than the first (an earlier embedding model) are left out: they cannot be compared. */
function loadMatrix(sql: Sql): VectorMatrix | null {
  const rows = sql.all(
    `SELECT passage_id, vector FROM vectors
       WHERE length(vector) = (SELECT length(vector) FROM vectors ORDER BY passage_id DESC LIMIT 1) ORDER BY passage_id`,
  );
  const first = rows[0];
  if (!first) return null;
  const dimensions = bytesOf(first["vector"]).byteLength / Float32Array.BYTES_PER_ELEMENT;
  const values = new Float32Array(rows.length * dimensions);
  rows.forEach((row, index) => {
    const bytes = Uint8Array.from(bytesOf(row["vector"]));
    values.set(new Float32Array(bytes.buffer), index * dimensions);
  });
  return {
    dimensions,
    passageIds: Float64Array.from(rows, (row) => Number(row["passage_id"])),
    values,
  };
}
