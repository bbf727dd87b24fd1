import type { BlockStore } from "../block-store.ts";
import { K1, lengthNorm, saturated } from "./bm25.ts";
import { createMatcher } from "./matcher.ts";
import type { LexicalQuery } from "./query.ts";
import { relevanceOf } from "./relevance.ts";
import { bitsOf, type Candidate, scoreWords } from "./score-words.ts";
import {
  idfOf,
  readStatistics,
  type Statistics,
  type WeightedPair,
  type WeightedWord,
  weighPairs,
  weighTerms,
  weighWords,
} from "./statistics.ts";
import { createSubwordScanner, scoreSubwords } from "./subwords.ts";

/** Passages that are scored by words alone before bigrams decide among them; deeper changes no ranking measurably. */
const CANDIDATES = 200;
/** Passages whose texts are looked through for parts of words, and what these weigh against words. */
const SUBWORD_CANDIDATES = 50;
const SUBWORD_WEIGHT = 0.15;
/** Sums of the same parts differ by less. */
const SAME_SCORE = 1e-9;
/** A passage stands out, or does not, among this many. */
const RIVALS = 8;

export interface LexicalHit {
  passageId: number;
  /** BM25 of words, weighted bigrams and, for the best, parts of words. */
  score: number;
  /** 0…1: how likely the passage answers the question (`relevanceOf`). */
  relevance: number;
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
  if (segments.length === 0 || query.words.length === 0) return [];
  const terms = [
    ...new Set(query.words.flatMap(({ readings }) => readings.flat())),
    ...Array.from(query.bigrams.values(), ({ name }) => name),
  ];
  const statistics = await readStatistics(store, { segments, terms });
  const words = weighWords(query, statistics);
  const weights = weighTerms(words);
  const pairs = weighPairs(query, statistics);
  const candidates = await scoreWords(store, {
    statistics,
    weights,
    options: { ...options, limit: Math.max(CANDIDATES, options.limit) },
  });
  const contenders = withinReach(candidates, {
    pairs,
    bits: bitsOf(weights),
    depth: Math.max(SUBWORD_CANDIDATES, options.limit),
  });
  const matched = await matchTerms(store, { candidates: contenders, words, pairs, statistics });
  const scored = await addSubwords(store, matched, words);
  const others = scored.slice(0, RIVALS);
  const rarest = idfOf(0, statistics);
  return scored.slice(0, options.limit).map((passage) => {
    const { passageId, score } = passage;
    const rivals = others.filter((other) => other.passageId !== passageId);
    const mean = rivals.reduce((sum, rival) => sum + rival.score, 0) / Math.max(1, rivals.length);
    const prominence = Math.max(0, 1 - mean / score);
    return { passageId, score, relevance: relevanceOf(words, { ...passage, prominence }, rarest) };
  });
}

interface Matched {
  passageId: number;
  score: number;
  shares: Float64Array;
  similarities: Float64Array | null;
  windowWeight: number;
}

/** Leaves out candidates that pairs of neighbouring words cannot lift among the best `depth`, whatever their texts are. */
function withinReach(
  candidates: Candidate[],
  {
    pairs,
    bits,
    depth,
  }: {
    pairs: ReadonlyMap<number, WeightedPair>;
    bits: ReadonlyMap<string, number>;
    depth: number;
  },
): Candidate[] {
  const bar = candidates[depth - 1]?.score ?? 0;
  const masks = Array.from(pairs.values(), ({ terms, weight }) => ({
    mask: terms.reduce((mask, term) => mask | (bits.get(term) ?? 0), 0) >>> 0,
    most: weight * (K1 + 1),
  }));
  return candidates.filter(({ score, terms }) => {
    const reach = masks.reduce(
      (sum, { mask, most }) => ((terms & mask) >>> 0 === mask ? sum + most : sum),
      score,
    );
    return reach >= bar;
  });
}

/** Adds to each candidate what neighbouring words are worth. Best first. */
async function matchTerms(
  store: BlockStore,
  {
    candidates,
    words,
    pairs,
    statistics,
  }: {
    candidates: Candidate[];
    words: WeightedWord[];
    pairs: ReadonlyMap<number, WeightedPair>;
    statistics: Statistics;
  },
): Promise<Matched[]> {
  const hashes = await store.termHashes(candidates.map(({ passageId }) => passageId));
  const matcher = createMatcher(words, pairs);
  return candidates
    .map(({ passageId, score, length }, index): Matched => {
      const { bigrams, shares, windowWeight } = matcher.match(hashes[index] ?? new Uint32Array());
      const norm = lengthNorm(length, statistics);
      const together = bigrams.reduce(
        (sum, { weight, frequency }) => sum + saturated(weight, { frequency, norm }),
        score,
      );
      return { passageId, score: together, shares, similarities: null, windowWeight };
    })
    .toSorted(byScore);
}

/** Adds to the best what parts of words are worth. Best first. */
async function addSubwords(
  store: BlockStore,
  matched: Matched[],
  words: WeightedWord[],
): Promise<Matched[]> {
  // Passages with the same score go together: which of them comes first depends on how the store came to be.
  const bar = (matched[SUBWORD_CANDIDATES - 1]?.score ?? 0) - SAME_SCORE;
  const best = matched.filter(({ score }) => score >= bar);
  const scanner = createSubwordScanner(words);
  const texts = await store.texts(best.map(({ passageId }) => passageId));
  const matches = texts.map((text) => scanner.scan(text));
  const scores = scoreSubwords(matches);
  const improved = best.map((passage, index): Matched => ({
    ...passage,
    score: passage.score + SUBWORD_WEIGHT * (scores[index] ?? 0),
    similarities: matches[index]?.similarities ?? null,
  }));
  return [...improved.toSorted(byScore), ...matched.slice(best.length)];
}

function byScore(left: Matched, right: Matched): number {
  return right.score - left.score || left.passageId - right.passageId;
}
