import type { BlockStore } from "../block-store.ts";
import { K1 } from "./bm25.ts";
import type { LexicalQuery } from "./query.ts";
import { relevanceOf } from "./relevance.ts";
import { createMatcher } from "./matcher.ts";
import { addPairs, rescoreByText, TEXTS_READ } from "./rescore.ts";
import { bitsOf, type Candidate, scoreWords } from "./score-words.ts";
import {
  rarityOf,
  readStatistics,
  type WeightedPair,
  weighPairs,
  weighTerms,
  weighWords,
} from "./statistics.ts";

/** Passages that are scored by words alone before bigrams decide among them; deeper changes no ranking measurably. */
const CANDIDATES = 200;
/** A passage stands out, or does not, among this many. */
const RIVALS = 8;
/** What a passage is ahead of each rival that is not there, 0…1, about as of those that are: in a small store few others tell little. */
const TYPICAL_LEAD = 0.35;

export interface LexicalHit {
  passageId: number;
  /** BM25 of words, weighted bigrams and, for the best, parts of words and a share of a neighbour's. */
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
    depth: Math.max(TEXTS_READ, options.limit),
  });
  const matcher = createMatcher(words, pairs);
  const matched = await addPairs(store, contenders, { matcher, statistics });
  const scored = await rescoreByText(store, matched, words);
  const others = scored.slice(0, RIVALS);
  const asked = { rarest: rarityOf(0, statistics), isSyllabic: query.isSyllabic };
  return scored.slice(0, options.limit).map((passage) => {
    const { passageId, score, ownScore, terms, similarities } = passage;
    const rivals = others.filter((other) => other.passageId !== passageId);
    const leads = rivals.map((rival) => 1 - rival.ownScore / ownScore);
    const evidence = {
      ...matcher.match(terms),
      similarities,
      prominence: prominenceOf(leads),
    };
    return { passageId, score, relevance: relevanceOf(words, evidence, asked) };
  });
}

/** `leads` are the parts of its score by which a passage is ahead of each rival, negative when behind. */
function prominenceOf(leads: number[]): number {
  const missing = Math.max(0, RIVALS - 1 - leads.length);
  const sum = leads.reduce((total, lead) => total + lead, missing * TYPICAL_LEAD);
  return Math.max(0, sum / (leads.length + missing));
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
