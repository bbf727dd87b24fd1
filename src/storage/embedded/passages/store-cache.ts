import type { SegmentMeta } from "../../../search/block-store.ts";
import type { LexicalHit } from "../../../search/lexical/search.ts";
import { createLruCache, type LruCache } from "../../../util/lru-cache.ts";
import { textOrNull } from "../catalogue/rows.ts";
import type { Sql } from "../database.ts";
import { type ByteCache, createByteCache } from "./byte-cache.ts";
import { bytesOf, segmentsOf, termOf } from "./rows.ts";

/** Blocks and lengths of segments that one thread keeps in memory, for all its stores together. */
const CACHED_BYTES = 64 * 1024 * 1024;
/** A message of several questions is searched whole and by parts, of which some ask with the same words. */
const SEARCHES_KEPT = 8;

/** What a thread remembers of a store. Everything but the overview is immutable. */
export interface StoreCache {
  /** Segments and languages as they are now. */
  overview(): StoreOverview;
  /** First terms of a segment's blocks, in order. */
  directory(segmentId: number): string[];
  /** What `load` gives, kept under a name that is unique within the store. */
  bytes: ByteCache;
}

export interface StoreOverview {
  segments: SegmentMeta[];
  /** Of its files, commonest first. */
  languages: (string | null)[];
  /** What was found without a filter, by the words asked. */
  found: LruCache<LexicalHit[]>;
}

/** One for each thread; what belongs to a store goes with its database when that is closed. */
export function createStoreCaches(): (sql: Sql) => StoreCache {
  const shared = createByteCache(CACHED_BYTES);
  const known = new WeakMap<Sql, StoreCache>();
  let opened = 0;
  return (sql) => {
    const cache = known.get(sql) ?? cacheOf(sql, named(shared, String(opened++)));
    known.set(sql, cache);
    return cache;
  };
}

function named(cache: ByteCache, name: string): ByteCache {
  return { get: (key, load) => cache.get(`${name} ${key}`, load) };
}

function cacheOf(sql: Sql, bytes: ByteCache): StoreCache {
  let directories = new Map<number, string[]>();
  let overview: { version: number; value: StoreOverview } | null = null;
  return {
    bytes,
    overview() {
      const version = Number(
        sql.one("SELECT value FROM counters WHERE name = 'version'")?.["value"] ?? 0,
      );
      if (overview?.version === version) return overview.value;
      const value = {
        segments: segmentsOf(sql),
        languages: languagesOf(sql),
        found: createLruCache<LexicalHit[]>(SEARCHES_KEPT),
      };
      overview = { version, value };
      const living = new Set(value.segments.map(({ id }) => id));
      directories = new Map([...directories].filter(([id]) => living.has(id)));
      return value;
    },
    directory(segmentId) {
      const directory =
        directories.get(segmentId) ??
        sql
          .all("SELECT first_term FROM blocks WHERE segment_id = :segmentId ORDER BY first_term", {
            segmentId,
          })
          .map((row) => termOf(bytesOf(row["first_term"])));
      directories.set(segmentId, directory);
      return directory;
    },
  };
}

function languagesOf(sql: Sql): (string | null)[] {
  return sql
    .all("SELECT language FROM files GROUP BY language ORDER BY sum(span) DESC")
    .map((row) => textOrNull(row["language"]));
}
