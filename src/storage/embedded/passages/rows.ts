import type { SegmentMeta } from "../../../search/block-store.ts";
import type { Row, Sql } from "../database.ts";

export function segmentsOf(sql: Sql): SegmentMeta[] {
  return sql
    .all("SELECT id, base, span, count, total_length, dead_in FROM segments ORDER BY base, id")
    .map(toMeta);
}

export function lengthsOf(sql: Sql, segmentId: number): Uint16Array {
  return new Uint16Array(
    copyOf(
      sql.one("SELECT lengths FROM segments WHERE id = :segmentId", { segmentId })?.["lengths"],
    ),
  );
}

function toMeta(row: Row): SegmentMeta {
  return {
    id: Number(row["id"]),
    base: Number(row["base"]),
    span: Number(row["span"]),
    count: Number(row["count"]),
    totalLength: Number(row["total_length"]),
    deadIn: row["dead_in"] === null ? null : Number(row["dead_in"]),
  };
}

/** Order of UTF-16 code units as the order of bytes. */
export function termKey(term: string): Uint8Array {
  return Buffer.from(term, "utf16le").swap16();
}

export function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

/** Its own buffer: views of wider numbers need alignment, which a blob does not promise. */
export function copyOf(value: unknown): ArrayBuffer {
  return new Uint8Array(bytesOf(value)).buffer;
}

export function termOf(key: Uint8Array): string {
  return Buffer.from(key).swap16().toString("utf16le");
}
