import type { Analyzer } from "../../../search/analysis/analyze.ts";
import { type FusedHit, fuse } from "../../../search/fuse.ts";
import { lexicalQuery } from "../../../search/lexical/query.ts";
import {
  type LexicalHit,
  type PassageRange,
  searchLexical,
} from "../../../search/lexical/search.ts";
import { type Reading, widen } from "../../../search/reading-window.ts";
import { nearest, type VectorMatrix } from "../../../search/vector.ts";
import { type Filter, type Attributes, matchesFilter } from "../../../protocol/filters.ts";
import type { Page, PassageHit, PassageText, StoredChunk, StoredPassage } from "../../storage.ts";
import { textOrNull } from "../catalogue/rows.ts";
import type { Row, Sql } from "../database.ts";
import { blockStoreOf } from "./block-store.ts";
import type { StoreCache } from "./store-cache.ts";

/** A passage query without its signal, which does not cross threads. */
export interface ReaderQuery {
  text: string;
  limit: number;
  reading?: Reading;
  filter?: Filter;
  vector?: Float32Array;
}

/** How deep the dense leg looks; the lexical one has its own depth. */
const DENSE_CANDIDATES = 200;

/** Passages looked at per wanted result: neighbours that match become one. */
const HITS_PER_RESULT = 2;
/** A passage is in at most this many chunks: their overlap is at most half of their size. */
const MOST_OVERLAPPING = 8;

export interface ReaderTools {
  analyzer: Analyzer;
  caches: (sql: Sql) => StoreCache;
  /** The store's vectors, from memory when they have not changed. */
  vectors: (sql: Sql) => VectorMatrix | null;
}

/** Run it in a snapshot: a merge between two of its reads would hide passages from it. */
export async function searchPassages(
  sql: Sql,
  query: ReaderQuery,
  tools: ReaderTools,
): Promise<PassageHit[]> {
  const allowed = query.filter ? allowedRanges(sql, query.filter) : undefined;
  if (allowed?.length === 0) return [];
  const lexical = await searchWords(sql, query, { ...tools, allowed });
  const matrix = query.vector ? tools.vectors(sql) : null;
  const dense =
    matrix && query.vector && matrix.dimensions === query.vector.length
      ? nearest(matrix, query.vector, { limit: DENSE_CANDIDATES, isAllowed: isIn(allowed) })
      : null;
  return readHits(sql, fuse(lexical, dense), query);
}

async function searchWords(
  sql: Sql,
  { text, limit, vector }: ReaderQuery,
  { caches, analyzer, allowed }: ReaderTools & { allowed: PassageRange[] | undefined },
): Promise<LexicalHit[]> {
  const cache = caches(sql);
  const { languages, found } = cache.overview();
  const asked = lexicalQuery(text, languages, analyzer);
  const depth = Math.max(limit, vector ? DENSE_CANDIDATES : 0);
  const store = blockStoreOf(sql, cache);
  if (allowed) return searchLexical(store, asked, { limit: depth, allowed });
  const key = JSON.stringify([asked.words, [...asked.bigrams.keys()], asked.isSyllabic, depth]);
  const hits = found.get(key) ?? (await searchLexical(store, asked, { limit: depth }));
  found.set(key, hits);
  return hits;
}

/** The passages of the best hits. With a reading, neighbours that match become one result. */
function readHits(sql: Sql, fused: FusedHit[], { limit, reading }: ReaderQuery): PassageHit[] {
  const wanted = fused.slice(0, reading ? limit * HITS_PER_RESULT : limit);
  const matched = new Set(wanted.map(({ passageId }) => passageId));
  const shown = new Set<number>();
  const results: PassageHit[] = [];
  for (const hit of wanted) {
    if (results.length >= limit) break;
    if (shown.has(hit.passageId)) continue;
    const read = hydrate(sql, hit);
    if (!read) continue;
    const { base, result } = read;
    const around = aroundOf(result, reading);
    const window =
      reading && around.from < around.to
        ? widen(
            readTexts(sql, base, around).filter(({ ordinal }) => !shown.has(base + ordinal)),
            {
              center: result.passage.ordinal,
              length: reading.length,
              isMatch: (ordinal) => matched.has(base + ordinal),
            },
          )
        : [result.passage];
    for (const { ordinal } of window) shown.add(base + ordinal);
    results.push({ ...result, window });
  }
  return results;
}

function aroundOf(
  { passage: { ordinal }, chunk }: Pick<PassageHit, "passage" | "chunk">,
  { neighbours }: Pick<Reading, "neighbours"> = { neighbours: 0 },
): { from: number; to: number } {
  return {
    from: Math.max(chunk.firstPassage, ordinal - neighbours),
    to: Math.min(chunk.lastPassage, ordinal + neighbours),
  };
}

/** In order; neighbours are joined, so that a filter most files pass costs little. */
function allowedRanges(sql: Sql, filter: Filter): PassageRange[] {
  const ranges: PassageRange[] = [];
  for (const row of sql.all(
    "SELECT attributes, base, span FROM files WHERE span > 0 ORDER BY base",
  )) {
    if (!matchesFilter(filter, attributesOf(row))) continue;
    const [base, span] = [Number(row["base"]), Number(row["span"])];
    const last = ranges.at(-1);
    if (last && last.base + last.span === base) last.span += span;
    else ranges.push({ base, span });
  }
  return ranges;
}

/** `ranges` are in order and do not overlap. */
function isIn(ranges: PassageRange[] | undefined): (passageId: number) => boolean {
  if (!ranges) return () => true;
  return (id) => {
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = ranges[middle];
      if (range && range.base + range.span <= id) low = middle + 1;
      else high = middle;
    }
    return (ranges[low]?.base ?? Infinity) <= id;
  };
}

function attributesOf(row: Row): Attributes {
  // Written by `putFile` and `setAttributes` from the types of the interface.
  return JSON.parse(String(row["attributes"])) as Attributes;
}

function hydrate(
  sql: Sql,
  hit: FusedHit,
): { base: number; result: Omit<PassageHit, "window"> } | null {
  const id = hit.passageId;
  const file = sql.one("SELECT * FROM files WHERE base <= :id ORDER BY base DESC LIMIT 1", { id });
  const passage = sql.one("SELECT * FROM passages WHERE id = :id", { id });
  if (!file || !passage) return null;
  const base = Number(file["base"]);
  const ordinal = id - base;
  const row = sql.one(
    // Chunks are in order of their first passages; the inner query keeps the scan short in a long file.
    `SELECT * FROM (SELECT * FROM chunks WHERE file_seq = :seq AND first_passage <= :ordinal
                      ORDER BY first_passage DESC LIMIT ${MOST_OVERLAPPING})
       WHERE last_passage >= :ordinal
       ORDER BY abs(first_passage + last_passage - 2 * :ordinal), ordinal LIMIT 1`,
    { seq: Number(file["seq"]), ordinal },
  );
  if (!row) return null;
  const result = {
    fileId: String(file["file_id"]),
    filename: String(file["filename"]),
    title: textOrNull(file["title"]),
    attributes: attributesOf(file),
    passage: toPassage(passage, base),
    chunk: toChunk(row),
    score: hit.score,
    lexicalScore: hit.lexicalScore,
    vectorScore: hit.vectorScore,
    relevance: hit.relevance,
  };
  return { base, result };
}

function readTexts(
  sql: Sql,
  base: number,
  { from, to }: { from: number; to: number },
): PassageText[] {
  return sql
    .all("SELECT id, text, joiner FROM passages WHERE id BETWEEN :first AND :last ORDER BY id", {
      first: base + from,
      last: base + to,
    })
    .map((row) => ({
      ordinal: Number(row["id"]) - base,
      text: String(row["text"]),
      joiner: String(row["joiner"]),
    }));
}

export function readRange(
  sql: Sql,
  { fileId, from, to }: { fileId: string; from: number; to: number },
): StoredPassage[] {
  const file = sql.one("SELECT base, span FROM files WHERE file_id = :fileId", { fileId });
  if (!file) return [];
  const base = Number(file["base"]);
  const last = Math.min(to, Number(file["span"]) - 1);
  return sql
    .all("SELECT * FROM passages WHERE id BETWEEN :first AND :last ORDER BY id", {
      first: base + Math.max(0, from),
      last: base + last,
    })
    .map((row) => toPassage(row, base));
}

export function readChunks(
  sql: Sql,
  { fileId, after, limit }: { fileId: string; after: number; limit: number },
): Page<StoredChunk> {
  const rows = sql.all(
    `SELECT chunks.* FROM chunks JOIN files ON files.seq = file_seq
       WHERE file_id = :fileId AND ordinal > :after ORDER BY ordinal LIMIT :limit`,
    { fileId, after, limit: limit + 1 },
  );
  return { data: rows.slice(0, limit).map(toChunk), hasMore: rows.length > limit };
}

function toPassage(row: Row, base: number): StoredPassage {
  return {
    ordinal: Number(row["id"]) - base,
    text: String(row["text"]),
    joiner: String(row["joiner"]),
    // Both written by `putFile` from the types of the interface.
    headingPath: JSON.parse(String(row["heading_path"])) as string[],
    anchor: JSON.parse(String(row["anchor"])) as StoredPassage["anchor"],
    page: row["page"] === null ? null : Number(row["page"]),
    label: String(row["label"]),
  };
}

function toChunk(row: Row): StoredChunk {
  return {
    ordinal: Number(row["ordinal"]),
    firstPassage: Number(row["first_passage"]),
    lastPassage: Number(row["last_passage"]),
    tokens: Number(row["tokens"]),
  };
}
