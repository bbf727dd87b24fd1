import type { BlockStore, SegmentMeta } from "../block-store.ts";
import { findTerm } from "./block.ts";
import { bigramHash, termHash } from "./bigram.ts";
import type { LexicalQuery } from "./query.ts";
import { readPostings } from "./segment.ts";
import { bestOf } from "./top.ts";

const K1 = 1.2;
const B = 0.75;
/** Weight of two query words standing next to each other, against that of a word. */
const BIGRAM_WEIGHT = 0.4;
/** Passages that are scored by words alone before bigrams decide among them; deeper changes no ranking measurably. */
const CANDIDATES = 200;

export interface LexicalHit {
  passageId: number;
  /** BM25 of words and weighted bigrams. */
  score: number;
  /** 0…1: idf-weighted share of the query's words found in the passage. */
  coverage: number;
}

export interface PassageRange {
  base: number;
  span: number;
}

export interface LexicalOptions {
  limit: number;
  /** Only passages in these ranges; absent: all. */
  allowed?: PassageRange[];
}

/**
 * Exact BM25 (k1 1.2, b 0.75, idf ln(1 + (N − n + 0.5)/(n + 0.5))) over all segments, best first. The ranking does not
 * depend on how the passages are spread over segments. Ties go to the lower id.
 */
export async function searchLexical(
  store: BlockStore,
  query: LexicalQuery,
  options: LexicalOptions,
): Promise<LexicalHit[]> {
  const segments = await store.segments();
  const collection = collectionOf(segments);
  if (collection.count <= 0 || query.terms.length === 0) return [];
  const terms = [...query.terms, ...query.bigrams.values()];
  const statistics = await readTerms(store, { segments, terms });
  const idf = (term: string): number => idfOf(statistics.counts.get(term) ?? 0, collection.count);
  const candidates = await scoreWords(store, {
    segments,
    query,
    statistics,
    idf,
    collection,
    options,
  });
  const hashes = await store.termHashes(candidates.map(({ passageId }) => passageId));
  const readings = query.readings.map(
    (terms) => new Map(terms.map((term) => [termHash(term), idf(term)])),
  );
  const scored = candidates.map(({ passageId, score, length }, index): LexicalHit => {
    const passage = hashes[index] ?? new Uint32Array();
    const norm = lengthNorm(length, collection);
    return {
      passageId,
      score: score + bigramScore(passage, { query, idf, norm }),
      coverage: Math.max(0, ...readings.map((weights) => coverageOf(passage, weights))),
    };
  });
  return scored
    .toSorted((left, right) => right.score - left.score || left.passageId - right.passageId)
    .slice(0, options.limit);
}

interface Collection {
  count: number;
  averageLength: number;
}

function collectionOf(segments: SegmentMeta[]): Collection {
  const count = segments.reduce((total, segment) => total + segment.count, 0);
  const length = segments.reduce((total, segment) => total + segment.totalLength, 0);
  return { count, averageLength: Math.max(1, length / Math.max(1, count)) };
}

function idfOf(count: number, passages: number): number {
  return Math.log(1 + (passages - count + 0.5) / (count + 0.5));
}

function lengthNorm(length: number, { averageLength }: Collection): number {
  return K1 * (1 - B + (B * length) / averageLength);
}

interface TermStatistics {
  /** Living passages that hold the term. */
  counts: Map<string, number>;
  /** Postings by segment id and term. */
  postings: Map<number, Map<string, Uint8Array>>;
}

async function readTerms(
  store: BlockStore,
  { segments, terms }: { segments: SegmentMeta[]; terms: string[] },
): Promise<TermStatistics> {
  const counts = new Map<string, number>();
  const postings = new Map<number, Map<string, Uint8Array>>();
  for (const segment of segments) {
    const blocks = await store.blocks(segment.id, terms);
    const found = new Map<string, Uint8Array>();
    terms.forEach((term, index) => {
      const block = blocks[index];
      const entry = block ? findTerm(block, term) : null;
      if (!entry) return;
      const sign = segment.deadIn === null ? 1 : -1;
      counts.set(term, (counts.get(term) ?? 0) + sign * entry.count);
      if (segment.deadIn === null) found.set(term, entry.postings);
    });
    if (segment.deadIn === null) postings.set(segment.id, found);
  }
  return { counts, postings };
}

interface Candidate {
  passageId: number;
  score: number;
  length: number;
}

async function scoreWords(
  store: BlockStore,
  {
    segments,
    query,
    statistics,
    idf,
    collection,
    options,
  }: {
    segments: SegmentMeta[];
    query: LexicalQuery;
    statistics: TermStatistics;
    idf: (term: string) => number;
    collection: Collection;
    options: LexicalOptions;
  },
): Promise<Candidate[]> {
  const best = bestOf<Candidate>(
    Math.max(CANDIDATES, options.limit),
    (left, right) => left.score - right.score || right.passageId - left.passageId,
  );
  for (const segment of segments) {
    const postings = statistics.postings.get(segment.id);
    if (!postings || postings.size === 0) continue;
    const lengths = await store.lengths(segment.id);
    const scores = new Float64Array(segment.span);
    for (const term of query.terms) {
      const list = postings.get(term);
      if (!list) continue;
      const weight = idf(term) * (K1 + 1);
      readPostings(list, (id, frequency) => {
        const norm = lengthNorm(lengths[id] ?? 0, collection);
        scores[id] = (scores[id] ?? 0) + (weight * frequency) / (frequency + norm);
      });
    }
    const hidden = hiddenIn(segment, { segments, allowed: options.allowed });
    scores.forEach((score, id) => {
      if (score > 0 && !hidden?.[id])
        best.add({ passageId: segment.base + id, score, length: lengths[id] ?? 0 });
    });
  }
  return best.items();
}

/** Marks the passages of a segment that are dead or not allowed; null when none is. */
function hiddenIn(
  segment: SegmentMeta,
  { segments, allowed }: { segments: SegmentMeta[]; allowed: PassageRange[] | undefined },
): Uint8Array | null {
  const dead = segments.filter((other) => other.deadIn === segment.id);
  if (dead.length === 0 && !allowed) return null;
  const hidden = new Uint8Array(segment.span).fill(allowed ? 1 : 0);
  const fill = ({ base, span }: PassageRange, value: number): void => {
    const start = Math.max(0, base - segment.base);
    hidden.fill(value, start, Math.max(start, base + span - segment.base));
  };
  for (const range of allowed ?? []) fill(range, 0);
  for (const range of dead) fill(range, 1);
  return hidden;
}

function bigramScore(
  passage: Uint32Array,
  { query, idf, norm }: { query: LexicalQuery; idf: (term: string) => number; norm: number },
): number {
  const frequencies = new Map<string, number>();
  for (let at = 1; at < passage.length; at++) {
    const bigram = query.bigrams.get(bigramHash(passage[at - 1] ?? 0, passage[at] ?? 0));
    if (bigram !== undefined) frequencies.set(bigram, (frequencies.get(bigram) ?? 0) + 1);
  }
  let score = 0;
  for (const [bigram, frequency] of frequencies) {
    score += (BIGRAM_WEIGHT * idf(bigram) * (K1 + 1) * frequency) / (frequency + norm);
  }
  return score;
}

/** Share of the terms found in the passage, each weighing as much as its idf: an unknown word weighs most. */
function coverageOf(passage: Uint32Array, weights: ReadonlyMap<number, number>): number {
  const found = new Set<number>();
  for (const hash of passage) if (weights.has(hash)) found.add(hash);
  let total = 0;
  let covered = 0;
  for (const [hash, weight] of weights) {
    total += weight;
    if (found.has(hash)) covered += weight;
  }
  return total === 0 ? 0 : covered / total;
}
