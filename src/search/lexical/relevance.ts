import { creditOf } from "./credit.ts";
import type { WeightedWord } from "./statistics.ts";

/** What a passage has of a question. */
export interface Evidence {
  /** For each word, what it counts for in the passage by its terms, 0…1. */
  credits: Float64Array;
  /** For each word, how alike the most similar word of the passage is, 0…1; null where nobody looked. */
  similarities: Float64Array | null;
  /** Rarities of the words that stand together in one window of the passage. */
  windowRarity: number;
  /** How much the passage stands out among those found, 0…1: 1 less the others' mean score as a share of its own. */
  prominence: number;
}

/** What is known of the question besides its words. */
export interface Asked {
  /** Rarity of a word that stands nowhere in the index. */
  rarest: number;
  /** `LexicalQuery.isSyllabic`. */
  isSyllabic: boolean;
}

/** Coefficients of a logistic function, chosen on practice collections; see `docs/retrieval.md`. */
const FOUND = 4.5;
const MISSED = 2.5;
const PROMINENCE = 3.5;
/** A name, number or code that is missing counts this much besides: a passage that answers says it in no other words. */
const MISSED_NAME = 3;
const BASE = -2.1;
/** Syllables stand in a passage by chance where words would not. */
const BASE_OF_SYLLABLES = -3.8;
/** Keeps the logarithms of nothing within bounds. */
const FLOOR = 0.6;

/**
 * How likely a passage answers a question, 0…1, judged by words alone. Near 0: it has none of the question's rare words. 0.5: the
 * built-in answerer refuses below; 5 to 13 % of the answerable practice questions lie there. Near 1: many rare words of the question
 * stand together in it. A rare word that is missing counts against it, so a question of few words has to be covered better than a
 * long one.
 */
export function relevanceOf(
  words: WeightedWord[],
  { credits, similarities, windowRarity, prominence }: Evidence,
  { rarest, isSyllabic }: Asked,
): number {
  let missed = 0;
  let missedNames = 0;
  let found = windowRarity;
  words.forEach(({ rarity, isName }, word) => {
    const credit = credits[word] ?? 0;
    // In another form.
    const alike = creditOf(similarities?.[word] ?? 0);
    const lacking = rarity * (1 - Math.max(credit, alike));
    missed += lacking;
    if (isName) missedNames += lacking;
    // A word in another form has no place in the window.
    found += rarity * Math.max(0, alike - credit);
  });
  if (found === 0) return 0;
  const odds =
    (isSyllabic ? BASE_OF_SYLLABLES : BASE) +
    FOUND * Math.log(FLOOR + found / rarest) -
    MISSED * Math.log(FLOOR + missed / rarest) -
    MISSED_NAME * (missedNames / rarest) +
    PROMINENCE * prominence;
  return 1 / (1 + Math.exp(-odds));
}
