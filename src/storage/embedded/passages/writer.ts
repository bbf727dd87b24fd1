import type { Passage } from "../../../ingest/document.ts";
import type { Analyzer } from "../../../search/analysis/analyze.ts";
import type { SegmentData } from "../../../search/block-store.ts";
import { termHash } from "../../../search/lexical/bigram.ts";
import { indexedText } from "../../../search/lexical/indexed-text.ts";
import { buildDeadSegment, buildSegment } from "../../../search/lexical/segment.ts";
import { unitVector } from "../../../search/vector.ts";
import type { PassageIndex } from "../../storage.ts";
import type { Sql } from "../database.ts";
import { segmentsOf, termKey } from "./rows.ts";
import { textOrNull } from "../catalogue/rows.ts";

export type NewFile = Parameters<PassageIndex["putFile"]>[1];

/** Replaces a file's passages and their index in one transaction. */
export function putFile(sql: Sql, file: NewFile, analyzer: Analyzer): { usageBytes: number } {
  const { passages, title, language } = file.document;
  const terms = passages.map((passage) => indexedTerms(passage, { title, language, analyzer }));
  const segment = buildSegment(terms);
  return sql.transaction(() => {
    noteChange(sql);
    removeFile(sql, file.fileId, analyzer);
    const base = takePassageIds(sql, passages.length);
    const seq = insertFile(sql, file, { base, span: passages.length });
    passages.forEach((passage, index) =>
      insertPassage(sql, base + index, { passage, terms: terms[index] ?? [] }),
    );
    insertVectors(sql, base, file.vectors ?? []);
    for (const { ordinal, firstPassage, lastPassage, tokens } of file.document.chunks) {
      sql.run("INSERT INTO chunks VALUES (:seq, :ordinal, :firstPassage, :lastPassage, :tokens)", {
        seq,
        ordinal,
        firstPassage,
        lastPassage,
        tokens,
      });
    }
    if (passages.length > 0)
      insertSegment(sql, segment, { base, span: passages.length, deadIn: null });
    return { usageBytes: usageOf(file, segment) };
  });
}

function indexedTerms(
  { text, headingPath }: Pick<Passage, "text" | "headingPath">,
  {
    title,
    language,
    analyzer,
  }: { title: string | null; language: string | null; analyzer: Analyzer },
): string[] {
  return analyzer.terms(indexedText({ title, headingPath, text }), language);
}

function takePassageIds(sql: Sql, count: number): number {
  const row = sql.one(
    "UPDATE counters SET value = value + :count WHERE name = 'next_passage' RETURNING value",
    { count },
  );
  return Number(row?.["value"]) - count;
}

function insertFile(
  sql: Sql,
  file: NewFile,
  { base, span }: { base: number; span: number },
): number {
  const row = sql.one(
    `INSERT INTO files (file_id, filename, title, attributes, language, base, span)
       VALUES (:fileId, :filename, :title, :attributes, :language, :base, :span) RETURNING seq`,
    {
      fileId: file.fileId,
      filename: file.filename,
      title: file.document.title,
      attributes: JSON.stringify(file.attributes),
      language: file.document.language,
      base,
      span,
    },
  );
  return Number(row?.["seq"]);
}

function insertPassage(
  sql: Sql,
  id: number,
  { passage, terms }: { passage: Passage; terms: string[] },
): void {
  sql.run(
    `INSERT INTO passages (id, text, joiner, heading_path, page, label, anchor)
       VALUES (:id, :text, :joiner, :headingPath, :page, :label, :anchor)`,
    {
      id,
      text: passage.text,
      joiner: passage.joiner,
      headingPath: JSON.stringify(passage.headingPath),
      page: passage.page,
      label: passage.label,
      anchor: JSON.stringify(passage.anchor),
    },
  );
  sql.run("INSERT INTO signatures VALUES (:id, :hashes)", {
    id,
    hashes: new Uint8Array(Uint32Array.from(terms, termHash).buffer),
  });
}

function insertVectors(sql: Sql, base: number, vectors: Float32Array[]): void {
  vectors.forEach((vector, index) => {
    sql.run("INSERT INTO vectors VALUES (:id, :vector)", {
      id: base + index,
      vector: new Uint8Array(unitVector(vector).buffer),
    });
  });
  if (vectors.length > 0)
    sql.run("UPDATE counters SET value = value + 1 WHERE name = 'vectors_version'");
}

/** Answers the new segment's id. */
export function insertSegment(
  sql: Sql,
  segment: SegmentData,
  { base, span, deadIn }: { base: number; span: number; deadIn: number | null },
): number {
  const row = sql.one(
    `INSERT INTO segments (base, span, count, total_length, lengths, dead_in)
       VALUES (:base, :span, :count, :totalLength, :lengths, :deadIn) RETURNING id`,
    {
      base,
      span,
      count: segment.count,
      totalLength: segment.totalLength,
      lengths: new Uint8Array(
        segment.lengths.buffer,
        segment.lengths.byteOffset,
        segment.lengths.byteLength,
      ),
      deadIn,
    },
  );
  const segmentId = Number(row?.["id"]);
  for (const { firstTerm, bytes } of segment.blocks) {
    sql.run("INSERT INTO blocks VALUES (:segmentId, :key, :bytes)", {
      segmentId,
      key: termKey(firstTerm),
      bytes,
    });
  }
  return segmentId;
}

function usageOf(file: NewFile, segment: SegmentData): number {
  const text = file.document.passages.reduce(
    (bytes, passage) => bytes + Buffer.byteLength(passage.text),
    0,
  );
  const index = segment.blocks.reduce((bytes, block) => bytes + block.bytes.length, 0);
  const vectors = (file.vectors ?? []).reduce((bytes, vector) => bytes + vector.byteLength, 0);
  return text + index + vectors;
}

/** Takes a file out; its postings stay until a merge, hidden, and what they add to the frequencies is taken back. */
export function deleteFile(sql: Sql, fileId: string, analyzer: Analyzer): void {
  sql.transaction(() => {
    noteChange(sql);
    removeFile(sql, fileId, analyzer);
  });
}

/** Readers keep segments and languages in memory until this counts on. Belongs into every transaction that changes them. */
export function noteChange(sql: Sql): void {
  sql.run("UPDATE counters SET value = value + 1 WHERE name = 'version'");
}

function removeFile(sql: Sql, fileId: string, analyzer: Analyzer): void {
  const file = sql.one("SELECT * FROM files WHERE file_id = :fileId", { fileId });
  if (!file) return;
  const base = Number(file["base"]);
  const span = Number(file["span"]);
  const last = base + span - 1;
  const describe = {
    title: textOrNull(file["title"]),
    language: textOrNull(file["language"]),
    analyzer,
  };
  const terms = sql
    .all("SELECT text, heading_path FROM passages WHERE id BETWEEN :base AND :last ORDER BY id", {
      base,
      last,
    })
    .map((row) => {
      // Written by `insertPassage`.
      const headingPath = JSON.parse(String(row["heading_path"])) as string[];
      return indexedTerms({ text: String(row["text"]), headingPath }, describe);
    });
  const segments = segmentsOf(sql);
  const home = segments.find(
    (segment) =>
      segment.deadIn === null && segment.base <= base && last < segment.base + segment.span,
  );
  if (home && span > 0) {
    const buried = segments.reduce(
      (count, other) => count - (other.deadIn === home.id ? other.count : 0),
      0,
    );
    if (buried + span >= home.count)
      sql.run("DELETE FROM segments WHERE id = :id", { id: home.id });
    else insertSegment(sql, buildDeadSegment(terms), { base, span, deadIn: home.id });
  }
  sql.run("DELETE FROM passages WHERE id BETWEEN :base AND :last", { base, last });
  sql.run("DELETE FROM signatures WHERE passage_id BETWEEN :base AND :last", { base, last });
  const vectors = sql.run("DELETE FROM vectors WHERE passage_id BETWEEN :base AND :last", {
    base,
    last,
  });
  if (vectors > 0) sql.run("UPDATE counters SET value = value + 1 WHERE name = 'vectors_version'");
  sql.run("DELETE FROM files WHERE file_id = :fileId", { fileId });
}
