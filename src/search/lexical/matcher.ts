import { bigramHash, termHash } from "./bigram.ts";
import { idfOf, type Statistics, type WeightedWord } from "./statistics.ts";

/** Weight of two query words standing next to each other, against that of a word. */
const BIGRAM_WEIGHT = 0.4;

/** Looks through the terms of a passage for what a question asks. */
export interface Matcher {
  match(passage: Uint32Array): {
    bigrams: { weight: number; frequency: number }[];
    /** 0…1: share of the words found, each weighing as much as its idf: an unknown word weighs most. */
    coverage: number;
  };
}

export function createMatcher(
  words: WeightedWord[],
  { bigrams, statistics }: { bigrams: ReadonlyMap<number, string>; statistics: Statistics },
): Matcher {
  const terms = new Map<string, number>();
  const places = words.map(({ weight, readings }) => ({
    weight,
    readings: readings.map((reading) =>
      reading.map((term) => {
        const place = terms.get(term) ?? terms.size;
        terms.set(term, place);
        return place;
      }),
    ),
  }));
  const termPlaces = hashTable(new Map([...terms].map(([term, place]) => [termHash(term), place])));
  const pairPlaces = hashTable(new Map([...bigrams.keys()].map((hash, place) => [hash, place])));
  const pairWeights = [...bigrams.values()].map(
    (term) => BIGRAM_WEIGHT * idfOf(statistics.counts.get(term) ?? 0, statistics),
  );
  const total = places.reduce((sum, { weight }) => sum + weight, 0);

  return {
    match(passage) {
      const found = new Uint8Array(terms.size);
      const pairs = new Uint32Array(pairWeights.length);
      passage.forEach((hash, at) => {
        const place = termPlaces(hash);
        if (place === undefined) return;
        found[place] = 1;
        if (at === 0) return;
        const pair = pairPlaces(bigramHash(passage[at - 1] ?? 0, hash));
        if (pair !== undefined) pairs[pair] = (pairs[pair] ?? 0) + 1;
      });
      const share = (reading: number[]): number =>
        reading.filter((place) => found[place] === 1).length / reading.length;
      const covered = places.reduce(
        (sum, { weight, readings }) => sum + weight * Math.max(...readings.map(share)),
        0,
      );
      return {
        bigrams: pairWeights.flatMap((weight, place) =>
          pairs[place] ? [{ weight, frequency: pairs[place] }] : [],
        ),
        coverage: total === 0 ? 0 : covered / total,
      };
    },
  };
}

/** A map by 32-bit hash that says no at once to nearly all hashes it does not hold. */
function hashTable(places: ReadonlyMap<number, number>): (hash: number) => number | undefined {
  const seen = new Uint8Array(1 << 12);
  for (const hash of places.keys()) seen[hash & 0xfff] = 1;
  return (hash) => (seen[hash & 0xfff] === 1 ? places.get(hash) : undefined);
}
