import { bigramHash, termHash } from "./bigram.ts";
import { creditOf } from "./credit.ts";
import { hashTable } from "./hash-table.ts";
import type { WeightedPair, WeightedWord } from "./statistics.ts";

/** An answer stands in a part of a passage: a quarter of it, but not less than this many terms. */
const WINDOW_SHARE = 0.25;
const SMALLEST_WINDOW = 20;

/** Neighbouring words of a question that stand next to each other in a passage too. */
export interface FoundPair {
  weight: number;
  frequency: number;
}

/** What the terms of a passage have of a question's words. */
export interface Match {
  /** For each word, what it counts for in the passage, 0…1: 1 when it stands there, less when some of its several terms do. */
  credits: Float64Array;
  /** Sum of the rarities of the words that stand together in the best window, each as much as it counts for there. */
  windowRarity: number;
}

/** Looks through the terms of a passage, in reading order, for what a question asks. */
export interface Matcher {
  /** Told for many passages, most of which are not among the best. */
  pairs(passage: Uint32Array): FoundPair[];
  match(passage: Uint32Array): Match;
}

/** One of the terms that a word of the question has in one language. */
interface AskedTerm {
  word: number;
  reading: number;
}

export function createMatcher(
  words: WeightedWord[],
  pairs: ReadonlyMap<number, WeightedPair>,
): Matcher {
  const terms = new Map<number, { place: number; asked: AskedTerm[] }>();
  words.forEach(({ readings }, word) => {
    readings.forEach((reading, index) => {
      for (const term of reading) {
        const hash = termHash(term);
        const known = terms.get(hash) ?? { place: terms.size, asked: [] };
        known.asked.push({ word, reading: index });
        terms.set(hash, known);
      }
    });
  });
  const termOf = hashTable(terms);
  const pairWeights = Array.from(pairs.values(), ({ weight }) => weight);
  const pairPlaces = hashTable(new Map([...pairs.keys()].map((hash, place) => [hash, place])));

  return {
    pairs(passage) {
      const counts = new Uint32Array(pairWeights.length);
      for (let at = 1; at < passage.length; at++) {
        const hash = passage[at] ?? 0;
        if (termOf(hash) === undefined) continue;
        const pair = pairPlaces(bigramHash(passage[at - 1] ?? 0, hash));
        if (pair !== undefined) counts[pair] = (counts[pair] ?? 0) + 1;
      }
      return pairWeights.flatMap((weight, place) =>
        counts[place] ? [{ weight, frequency: counts[place] }] : [],
      );
    },
    match(passage) {
      const places: Place[] = [];
      passage.forEach((hash, at) => {
        const term = termOf(hash);
        if (term) places.push({ at, term: term.place, asked: term.asked });
      });
      const width = Math.max(SMALLEST_WINDOW, Math.ceil(passage.length * WINDOW_SHARE));
      return lookThrough(places, { words, terms: terms.size, width });
    },
  };
}

/** A term of the question where it stands in a passage. */
interface Place {
  at: number;
  term: number;
  asked: AskedTerm[];
}

/** Slides a window over the places in order, and counts the different terms in it and in the whole passage. */
function lookThrough(
  places: Place[],
  { words, terms, width }: { words: WeightedWord[]; terms: number; width: number },
): Match {
  const whole = createTally(words, terms);
  const window = createTally(words, terms);
  let windowRarity = 0;
  let start = 0;
  for (const place of places) {
    whole.add(place);
    window.add(place);
    for (let first = places[start]; first && place.at - first.at >= width; first = places[start]) {
      window.drop(first);
      start++;
    }
    windowRarity = Math.max(windowRarity, window.rarity());
  }
  return { credits: whole.credits, windowRarity };
}

interface Tally {
  add(place: Place): void;
  drop(place: Place): void;
  credits: Float64Array;
  /** Sum of the rarities of the words, each as much as it counts for. */
  rarity(): number;
}

/** What the words of a question count for by those of their terms that were added and not dropped. */
function createTally(words: WeightedWord[], terms: number): Tally {
  const counts = new Uint32Array(terms);
  const present = words.map(({ readings }) => new Uint16Array(readings.length));
  const credits = new Float64Array(words.length);
  let total = 0;

  function change({ asked }: Place, by: 1 | -1): void {
    for (const { word, reading } of asked) {
      const own = present[word];
      const { readings, rarity } = words[word] ?? {};
      if (!own || !readings || rarity === undefined) continue;
      own[reading] = (own[reading] ?? 0) + by;
      const before = credits[word] ?? 0;
      const after = readings.reduce((best, { length }, index) => {
        const share = (own[index] ?? 0) / length;
        return Math.max(best, share === 1 ? 1 : creditOf(share));
      }, 0);
      credits[word] = after;
      total += rarity * (after - before);
    }
  }

  return {
    add(place) {
      const count = (counts[place.term] ?? 0) + 1;
      counts[place.term] = count;
      if (count === 1) change(place, 1);
    },
    drop(place) {
      const count = (counts[place.term] ?? 0) - 1;
      counts[place.term] = count;
      if (count === 0) change(place, -1);
    },
    credits,
    rarity: () => total,
  };
}
