import type { BlockStore, SegmentMeta } from "../../../search/block-store.ts";
import { indexedText } from "../../../search/lexical/indexed-text.ts";
import { textOrNull } from "../catalogue/rows.ts";
import type { Row, Sql } from "../database.ts";

/** The engine's view of one store's database. */
export function blockStoreOf(sql: Sql): BlockStore {
  return {
    segments: () => Promise.resolve(segmentsOf(sql)),
    blocks: (segmentId, terms) =>
      Promise.resolve(
        terms.map((term) => {
          const row = sql.one(
            `SELECT bytes FROM blocks WHERE segment_id = :segmentId AND first_term <= :term
               ORDER BY first_term DESC LIMIT 1`,
            { segmentId, term: termKey(term) },
          );
          return row ? bytesOf(row["bytes"]) : null;
        }),
      ),
    lengths: (segmentId) => Promise.resolve(lengthsOf(sql, segmentId)),
    termHashes: (passageIds) =>
      Promise.resolve(
        passageIds.map((id) => {
          const row = sql.one("SELECT term_hashes FROM passages WHERE id = :id", { id });
          return new Uint32Array(copyOf(row?.["term_hashes"]));
        }),
      ),
    texts: (passageIds) =>
      Promise.resolve(
        passageIds.map((id) => {
          const row = sql.one(
            `SELECT text, heading_path,
                 (SELECT title FROM files WHERE base <= :id ORDER BY base DESC LIMIT 1) AS title
               FROM passages WHERE id = :id`,
            { id },
          );
          if (!row) return "";
          // Written by `putFile` from the type of the interface.
          const headingPath = JSON.parse(String(row["heading_path"])) as string[];
          return indexedText({
            title: textOrNull(row["title"]),
            headingPath,
            text: String(row["text"]),
          });
        }),
      ),
  };
}

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
function copyOf(value: unknown): ArrayBuffer {
  return Uint8Array.from(bytesOf(value)).buffer;
}
