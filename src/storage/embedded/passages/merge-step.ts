import type { SegmentMeta } from "../../../search/block-store.ts";
import { mergeSegments, nextMerge, type SegmentSource } from "../../../search/lexical/merge.ts";
import type { Sql } from "../database.ts";
import { bytesOf, lengthsOf, segmentsOf } from "./rows.ts";
import { insertSegment, noteChange } from "./writer.ts";

/**
 * Does the next merge that is due; false: none was. Segments are read at one moment, merged without holding up any
 * writer, and exchanged in a short transaction: files may be put and deleted meanwhile.
 */
export async function mergeStep(sql: Sql): Promise<boolean> {
  const sources = await sql.snapshot(() =>
    nextMerge(segmentsOf(sql))?.map((meta) => sourceOf(sql, meta)),
  );
  if (!sources) return false;
  const merged = mergeSegments(sources);
  const ids = JSON.stringify(sources.map(({ meta }) => meta.id));
  const buried = JSON.stringify(sources.flatMap(({ dead }) => dead.map(({ id }) => id)));
  return sql.transaction(() => {
    noteChange(sql);
    const left = sql.one(
      "SELECT count(*) AS n FROM segments WHERE id IN (SELECT value FROM json_each(:ids))",
      { ids },
    );
    // One of them has died altogether: what was merged holds its passages as living ones.
    if (Number(left?.["n"]) < sources.length) return true;
    if (merged.count > 0) {
      const place = { base: merged.base, span: merged.lengths.length, deadIn: null };
      const id = insertSegment(sql, merged, place);
      // Passages that died since are alive in the merged segment too: their graves move there.
      sql.run(
        `UPDATE segments SET dead_in = :id WHERE dead_in IN (SELECT value FROM json_each(:ids))
           AND id NOT IN (SELECT value FROM json_each(:buried))`,
        { id, ids, buried },
      );
    }
    sql.run("DELETE FROM segments WHERE id IN (SELECT value FROM json_each(:ids))", { ids });
    return true;
  });
}

function sourceOf(
  sql: Sql,
  meta: SegmentMeta,
): Omit<SegmentSource, "dead"> & { dead: SegmentMeta[] } {
  const dead = segmentsOf(sql).filter((segment) => segment.deadIn === meta.id);
  return {
    meta,
    blocks: allBlocks(sql, meta.id),
    lengths: lengthsOf(sql, meta.id),
    dead,
    deadBlocks: dead.map((segment) => allBlocks(sql, segment.id)),
  };
}

function allBlocks(sql: Sql, segmentId: number): Uint8Array[] {
  return sql
    .all("SELECT bytes FROM blocks WHERE segment_id = :segmentId ORDER BY first_term", {
      segmentId,
    })
    .map((row) => bytesOf(row["bytes"]));
}
