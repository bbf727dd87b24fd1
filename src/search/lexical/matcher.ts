import { bigramHash, termHash } from "./bigram.ts";
import { hashTable } from "./hash-table.ts";
import type { WeightedPair, WeightedWord } from "./statistics.ts";

/** An answer stands in a part of a passage: half of it, but not less than this many terms. */
const WINDOW_SHARE = 0.5;
const SMALLEST_WINDOW = 20;

/** What the terms of a passage have of a question. */
export interface Match {
  bigrams: { weight: number; frequency: number }[];
  /** For each word, the share of its terms (0…1) in the passage: 1 unless it has several in this language. */
  shares: Float64Array;
  /** Sum of the weights of the words that stand together in the best window. */
  windowWeight: number;
}

/** Looks through the terms of a passage, in reading order, for what a question asks. */
export interface Matcher {
  match(passage: Uint32Array): Match;
}

/** One of the terms that a word of the question has in one language. */
interface AskedTerm {
  word: number;
  reading: number;
  /** What it adds: the word's weight, shared by the terms of the reading. */
  weight: number;
}

export function createMatcher(
  words: WeightedWord[],
  pairs: ReadonlyMap<number, WeightedPair>,
): Matcher {
  const terms = new Map<number, { place: number; asked: AskedTerm[] }>();
  words.forEach(({ weight, readings }, word) => {
    readings.forEach((reading, index) => {
      for (const term of reading) {
        const hash = termHash(term);
        const known = terms.get(hash) ?? { place: terms.size, asked: [] };
        known.asked.push({ word, reading: index, weight: weight / reading.length });
        terms.set(hash, known);
      }
    });
  });
  const termOf = hashTable(terms);
  const pairWeights = Array.from(pairs.values(), ({ weight }) => weight);
  const pairPlaces = hashTable(new Map([...pairs.keys()].map((hash, place) => [hash, place])));

  return {
    match(passage) {
      const pairCounts = new Uint32Array(pairWeights.length);
      const places: Place[] = [];
      const known = new Map<number, AskedTerm[]>();
      passage.forEach((hash, at) => {
        const term = termOf(hash);
        if (!term) return;
        places.push({ at, term: term.place, asked: term.asked });
        known.set(term.place, term.asked);
        if (at === 0) return;
        const pair = pairPlaces(bigramHash(passage[at - 1] ?? 0, hash));
        if (pair !== undefined) pairCounts[pair] = (pairCounts[pair] ?? 0) + 1;
      });
      return {
        bigrams: pairWeights.flatMap((weight, place) =>
          pairCounts[place] ? [{ weight, frequency: pairCounts[place] }] : [],
        ),
        shares: sharesOf(words, [...known.values()].flat()),
        windowWeight: bestWindow(
          places,
          Math.max(SMALLEST_WINDOW, Math.ceil(passage.length * WINDOW_SHARE)),
        ),
      };
    },
  };
}

function sharesOf(words: WeightedWord[], found: AskedTerm[]): Float64Array {
  const counts = words.map(({ readings }) => new Uint8Array(readings.length));
  const shares = new Float64Array(words.length);
  for (const { word, reading } of found) {
    const count = ((counts[word] ?? EMPTY)[reading] ?? 0) + 1;
    (counts[word] ?? EMPTY)[reading] = count;
    const share = count / (words[word]?.readings[reading]?.length ?? 1);
    shares[word] = Math.max(shares[word] ?? 0, share);
  }
  return shares;
}

const EMPTY = new Uint8Array();

/** A term of the question where it stands in a passage. */
interface Place {
  at: number;
  term: number;
  asked: AskedTerm[];
}

/** Slides a window over the places in order; each different term in it counts once. */
function bestWindow(places: Place[], width: number): number {
  const counts = new Map<number, number>();
  const weightOf = ({ asked }: Place): number => Math.max(...asked.map(({ weight }) => weight));
  let best = 0;
  let total = 0;
  let start = 0;
  for (const place of places) {
    const count = counts.get(place.term) ?? 0;
    if (count === 0) total += weightOf(place);
    counts.set(place.term, count + 1);
    for (let first = places[start]; first && place.at - first.at >= width; first = places[start]) {
      const left = (counts.get(first.term) ?? 0) - 1;
      counts.set(first.term, left);
      if (left === 0) total -= weightOf(first);
      start++;
    }
    best = Math.max(best, total);
  }
  return best;
}
