import type { Analyzer } from "../../../search/analysis/analyze.ts";
import { type FusedHit, fuse } from "../../../search/fuse.ts";
import { lexicalQuery } from "../../../search/lexical/query.ts";
import { type PassageRange, searchLexical } from "../../../search/lexical/search.ts";
import { nearest, type VectorMatrix } from "../../../search/vector.ts";
import { type Filter, type Attributes, matchesFilter } from "../../../protocol/filters.ts";
import type { Page, PassageHit, StoredChunk, StoredPassage } from "../../storage.ts";
import { textOrNull } from "../catalogue/rows.ts";
import type { Row, Sql } from "../database.ts";
import { blockStoreOf } from "./block-store.ts";

/** A passage query without its signal, which does not cross threads. */
export interface ReaderQuery {
  text: string;
  limit: number;
  filter?: Filter;
  vector?: Float32Array;
}

/** How deep the dense leg looks; the lexical one has its own depth. */
const DENSE_CANDIDATES = 200;

export interface ReaderTools {
  analyzer: Analyzer;
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
  const languages = sql
    .all("SELECT language FROM files GROUP BY language ORDER BY sum(span) DESC")
    .map((row) => textOrNull(row["language"]));
  const lexical = await searchLexical(
    blockStoreOf(sql),
    lexicalQuery(query.text, languages, tools.analyzer),
    {
      limit: Math.max(query.limit, query.vector ? DENSE_CANDIDATES : 0),
      ...(allowed ? { allowed } : {}),
    },
  );
  const matrix = query.vector ? tools.vectors(sql) : null;
  const dense =
    matrix && query.vector && matrix.dimensions === query.vector.length
      ? nearest(matrix, query.vector, { limit: DENSE_CANDIDATES, isAllowed: isIn(allowed) })
      : null;
  return fuse(lexical, dense)
    .slice(0, query.limit)
    .flatMap((hit) => hydrate(sql, hit) ?? []);
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

function hydrate(sql: Sql, hit: FusedHit): PassageHit | null {
  const id = hit.passageId;
  const file = sql.one("SELECT * FROM files WHERE base <= :id ORDER BY base DESC LIMIT 1", { id });
  const passage = sql.one("SELECT * FROM passages WHERE id = :id", { id });
  if (!file || !passage) return null;
  const ordinal = id - Number(file["base"]);
  const chunk = sql.one(
    `SELECT * FROM chunks WHERE file_seq = :seq AND first_passage <= :ordinal AND last_passage >= :ordinal
       ORDER BY abs(first_passage + last_passage - 2 * :ordinal), ordinal LIMIT 1`,
    { seq: Number(file["seq"]), ordinal },
  );
  if (!chunk) return null;
  return {
    fileId: String(file["file_id"]),
    filename: String(file["filename"]),
    title: textOrNull(file["title"]),
    attributes: attributesOf(file),
    passage: toPassage(passage, Number(file["base"])),
    chunk: toChunk(chunk),
    score: hit.score,
    lexicalScore: hit.lexicalScore,
    vectorScore: hit.vectorScore,
    relevance: hit.relevance,
  };
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
