import type { WeightedWord } from "./statistics.ts";

/** What a passage has of a question. Weights of words are their idf. */
export interface Evidence {
  /** For each word, the share of its terms in the passage, 0…1. */
  shares: Float64Array;
  /** For each word, how alike the most similar word of the passage is, 0…1; null where nobody looked. */
  similarities: Float64Array | null;
  /** Weights of the words that stand together in one window of the passage. */
  windowWeight: number;
  /** How much the passage stands out among those found, 0…1: 1 less the others' mean score as a share of its own. */
  prominence: number;
}

/** A word that stands in a passage in another form counts this much … */
const SIMILAR_CREDIT = 0.7;
/** … when at least this share of its parts stands in one word there. */
const SIMILAR = 0.6;

/** Coefficients of a logistic regression on practice collections; see `docs/retrieval.md`. */
const FOUND = 3;
const MISSED = 2;
const PROMINENCE = 1.5;
const BASE = -1;
/** Keeps the logarithms of nothing within bounds. */
const FLOOR = 0.3;

/**
 * How likely a passage answers a question, 0…1, judged by words alone. Near 0: it has none of the question's rare words. 0.5: the
 * built-in answerer refuses below; 7 % of the answerable practice questions lie there. Near 1: many rare words of the question
 * stand together in it. A rare word that is missing counts against it, so a question of few words has to be covered better than a
 * long one. `rarest` is the weight of a word that stands nowhere in the index.
 */
export function relevanceOf(
  words: WeightedWord[],
  { shares, similarities, windowWeight, prominence }: Evidence,
  rarest: number,
): number {
  let missed = 0;
  let found = windowWeight;
  words.forEach(({ weight }, word) => {
    const share = shares[word] ?? 0;
    const similarity = similarities?.[word] ?? 0;
    const credit = similarity < SIMILAR ? 0 : SIMILAR_CREDIT * similarity;
    missed += weight * (1 - Math.max(share, credit));
    // A word in another form has no place in the window.
    found += weight * Math.max(0, credit - share);
  });
  if (found === 0) return 0;
  const odds =
    BASE +
    FOUND * Math.log(FLOOR + found / rarest) -
    MISSED * Math.log(FLOOR + missed / rarest) +
    PROMINENCE * prominence;
  return 1 / (1 + Math.exp(-odds));
}
