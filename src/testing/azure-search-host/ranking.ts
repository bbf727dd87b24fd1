import type { IndexedDocument } from "./odata-filter.ts";

/** A document with a score, best first in lists. */
export interface Ranked {
  document: IndexedDocument;
  score: number;
}

const K1 = 1.2;
const B = 0.75;
const RANK_CONSTANT = 60;

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * BM25 of each searchable field, added up, over documents that hold any of the words; `-word` leaves documents out and
 * `*` takes all, as in the simple query syntax.
 */
export function rankByWords(
  documents: readonly IndexedDocument[],
  query: string,
  fields: readonly string[],
): Ranked[] {
  if (query.trim() === "*" || query.trim() === "") {
    return documents.map((document) => ({ document, score: 1 }));
  }
  const parts = query.split(/\s+/u);
  const excluded = parts.filter((part) => part.startsWith("-")).flatMap(wordsOf);
  // `searchMode` any: a negated word also matches everything that lacks it.
  const words = [...new Set(parts.filter((part) => !part.startsWith("-")).flatMap(wordsOf))];
  const texts = documents.map((document) =>
    fields.map((field) => wordsOf(textOf(document[field]))),
  );
  const scored = documents.map((document, index) => {
    const held = texts[index] ?? [];
    const lacks = excluded.length > 0 && !held.flat().some((word) => excluded.includes(word));
    const score = fields.reduce(
      (sum, _field, place) =>
        sum +
        bm25(
          held[place] ?? [],
          words,
          texts.map((one) => one[place] ?? []),
        ),
      lacks ? 1 : 0,
    );
    return { document, score };
  });
  return bestFirst(scored.filter(({ score }) => score > 0));
}

function bm25(text: string[], words: string[], corpus: string[][]): number {
  const average = corpus.reduce((sum, one) => sum + one.length, 0) / corpus.length || 1;
  return words.reduce((sum, word) => {
    const frequency = text.filter((one) => one === word).length;
    const holders = corpus.filter((one) => one.includes(word)).length;
    const idf = Math.log(1 + (corpus.length - holders + 0.5) / (holders + 0.5));
    const norm = frequency + K1 * (1 - B + (B * text.length) / average);
    return sum + (idf * frequency * (K1 + 1)) / norm;
  }, 0);
}

/** Exact nearest neighbours, with the scores the service gives: cosine as 1 / (2 − cosine). */
export function rankByVector(
  documents: readonly IndexedDocument[],
  vector: readonly number[],
  { field, metric, k }: { field: string; metric: string; k: number },
): Ranked[] {
  const scored = documents.flatMap((document) => {
    const own = document[field];
    if (!Array.isArray(own)) return [];
    return [{ document, score: vectorScore(own.map(Number), vector, metric) }];
  });
  return bestFirst(scored).slice(0, k);
}

function vectorScore(own: number[], vector: readonly number[], metric: string): number {
  const dot = own.reduce((sum, value, index) => sum + value * (vector[index] ?? 0), 0);
  if (metric === "dotProduct") return dot;
  if (metric === "euclidean") {
    return 1 / (1 + Math.hypot(...own.map((value, index) => value - (vector[index] ?? 0))));
  }
  const cosine = dot / (Math.hypot(...own) * Math.hypot(...vector) || 1);
  return 1 / (2 - cosine);
}

/** Reciprocal rank fusion: what hybrid queries and those of several vectors are ranked by. */
export function fuse(lists: readonly Ranked[][]): Ranked[] {
  const scores = new Map<IndexedDocument, number>();
  for (const list of lists) {
    list.forEach(({ document }, index) => {
      scores.set(document, (scores.get(document) ?? 0) + 1 / (RANK_CONSTANT + index + 1));
    });
  }
  return bestFirst([...scores].map(([document, score]) => ({ document, score })));
}

/** Stands in for the semantic ranker, 0…4: the share of the question's words that the fields hold. */
export function rerankScore(
  document: IndexedDocument,
  query: string,
  fields: readonly string[],
): number {
  const held = new Set(fields.flatMap((field) => wordsOf(textOf(document[field]))));
  const words = [...new Set(wordsOf(query))].filter((word) => word.length > 2);
  const shared = words.filter((word) => held.has(word)).length;
  return words.length === 0 ? 0 : (4 * shared) / words.length;
}

export function bestFirst(ranked: Ranked[]): Ranked[] {
  return ranked.toSorted((left, right) => right.score - left.score);
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(" ") : typeof value === "string" ? value : "";
}
