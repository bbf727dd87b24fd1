import type { BlockStore, SegmentMeta } from "../block-store.ts";
import { findTerm } from "./block.ts";
import type { LexicalQuery, QueryWord } from "./query.ts";

/** Weight of two query words standing next to each other, against that of a word. */
const BIGRAM_WEIGHT = 0.4;

/** What BM25 must know of the index and of the question's terms, over all segments. */
export interface Statistics {
  segments: SegmentMeta[];
  /** Living passages. */
  count: number;
  averageLength: number;
  /** Living passages that hold the term. */
  counts: ReadonlyMap<string, number>;
  /** Postings by segment id and term. */
  postings: ReadonlyMap<number, ReadonlyMap<string, Uint8Array>>;
}

const encoder = new TextEncoder();

export async function readStatistics(
  store: BlockStore,
  { segments, terms }: { segments: SegmentMeta[]; terms: string[] },
): Promise<Statistics> {
  const count = segments.reduce((total, segment) => total + segment.count, 0);
  const length = segments.reduce((total, segment) => total + segment.totalLength, 0);
  const counts = new Map<string, number>();
  const postings = new Map<number, Map<string, Uint8Array>>();
  const encoded = terms.map((term) => encoder.encode(term));
  for (const segment of segments) {
    const sign = segment.deadIn === null ? 1 : -1;
    const blocks = await store.blocks(segment.id, terms);
    const found = new Map<string, Uint8Array>();
    terms.forEach((term, index) => {
      const block = blocks[index];
      const bytes = encoded[index];
      const entry = block && bytes ? findTerm(block, bytes) : null;
      if (!entry) return;
      counts.set(term, (counts.get(term) ?? 0) + sign * entry.count);
      found.set(term, entry.postings);
    });
    if (segment.deadIn === null) postings.set(segment.id, found);
  }
  return {
    segments,
    count,
    averageLength: Math.max(1, length / Math.max(1, count)),
    counts,
    postings,
  };
}

export function idfOf(holders: number, { count }: Statistics): number {
  return Math.log(1 + (count - holders + 0.5) / (holders + 0.5));
}

/**
 * How rare a term is in the language rather than in the index: as if so many more passages, without it, stood there. In an index of
 * one passage each of its words would count for nothing otherwise.
 */
const OTHER_PASSAGES = 30;

export function rarityOf(holders: number, statistics: Statistics): number {
  return idfOf(holders, { ...statistics, count: statistics.count + OTHER_PASSAGES });
}

export interface WeightedWord extends QueryWord {
  /** What it counts for the score: `idfOf`. */
  weight: number;
  /** What it counts for the relevance: `rarityOf`. */
  rarity: number;
}

/**
 * A word is as rare as its readings together. Several terms of one reading (trigrams) share its weight, so that words count
 * the same in passages of every language; how many passages hold them all is not known, but no more than hold the rarest.
 */
export function weighWords({ words }: LexicalQuery, statistics: Statistics): WeightedWord[] {
  return words.map((word) => {
    const together = word.readings.reduce(
      (total, terms) => total + Math.min(...terms.map((term) => statistics.counts.get(term) ?? 0)),
      0,
    );
    const holders = Math.min(together, statistics.count);
    return {
      ...word,
      weight: idfOf(holders, statistics),
      rarity: rarityOf(holders, statistics),
    };
  });
}

export interface WeightedPair {
  terms: [string, string];
  weight: number;
}

/** By the hash of the pair; without those that stand nowhere. */
export function weighPairs(
  { bigrams }: LexicalQuery,
  statistics: Statistics,
): Map<number, WeightedPair> {
  const pairs = new Map<number, WeightedPair>();
  for (const [hash, { name, terms }] of bigrams) {
    const holders = statistics.counts.get(name) ?? 0;
    if (holders > 0) pairs.set(hash, { terms, weight: BIGRAM_WEIGHT * idfOf(holders, statistics) });
  }
  return pairs;
}

/** What each term adds; one that stands for two words of the question counts once. */
export function weighTerms(words: WeightedWord[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { weight, readings } of words) {
    for (const terms of readings) {
      const share = weight / terms.length;
      for (const term of terms) weights.set(term, Math.max(share, weights.get(term) ?? 0));
    }
  }
  return weights;
}
