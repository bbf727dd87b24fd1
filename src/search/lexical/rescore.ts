import type { BlockStore, IndexedPassage } from "../block-store.ts";
import { lengthNorm, saturated } from "./bm25.ts";
import type { Matcher } from "./matcher.ts";
import type { Candidate } from "./score-words.ts";
import type { Statistics, WeightedWord } from "./statistics.ts";
import { createSubwordScanner, scoreSubwords } from "./subwords.ts";

/** Candidates whose texts are read; more when the last of them have the same score. */
export const TEXTS_READ = 50;
/** What parts of words weigh against words. */
const SUBWORD_WEIGHT = 0.15;
/** Share of the score of the better neighbour that a passage gets: an answer often stands beside the words that ask for it. */
const NEIGHBOUR_SHARE = 0.1;
/** Sums of the same parts differ by less. */
const SAME_SCORE = 1e-9;

/** A candidate with what it has of the question. */
export interface Matched {
  passageId: number;
  /** What decides the order. */
  score: number;
  /** The same without what its neighbours add. */
  ownScore: number;
  /** Hashes of its terms in reading order. */
  terms: Uint32Array;
  similarities: Float64Array | null;
}

/** Adds to each candidate what neighbouring words are worth. Best first. */
export async function addPairs(
  store: BlockStore,
  candidates: Candidate[],
  { matcher, statistics }: { matcher: Matcher; statistics: Statistics },
): Promise<Matched[]> {
  const hashes = await store.termHashes(candidates.map(({ passageId }) => passageId));
  return candidates
    .map(({ passageId, score, length }, index): Matched => {
      const terms = hashes[index] ?? new Uint32Array();
      const norm = lengthNorm(length, statistics);
      const together = matcher
        .pairs(terms)
        .reduce(
          (sum, { weight, frequency }) => sum + saturated(weight, { frequency, norm }),
          score,
        );
      return { passageId, score: together, ownScore: together, terms, similarities: null };
    })
    .toSorted(byScore);
}

/** Adds to the best what parts of words and neighbours among them are worth. Best first. */
export async function rescoreByText(
  store: BlockStore,
  matched: Matched[],
  words: WeightedWord[],
): Promise<Matched[]> {
  // Passages with the same score go together: which of them comes first depends on how the store came to be.
  const bar = (matched[TEXTS_READ - 1]?.score ?? 0) - SAME_SCORE;
  const best = matched.filter(({ score }) => score >= bar);
  const passages = await store.passages(best.map(({ passageId }) => passageId));
  const improved = addNeighbours(addSubwords(best, passages, words), passages);
  return [...improved.toSorted(byScore), ...matched.slice(best.length)];
}

function addSubwords(
  best: Matched[],
  passages: IndexedPassage[],
  words: WeightedWord[],
): Matched[] {
  const scanner = createSubwordScanner(words);
  const matches = passages.map(({ text }) => scanner.scan(text));
  const scores = scoreSubwords(matches);
  return best.map((passage, index) => {
    const score = passage.score + SUBWORD_WEIGHT * (scores[index] ?? 0);
    const similarities = matches[index]?.similarities ?? null;
    return { ...passage, score, ownScore: score, similarities };
  });
}

/** Neighbours in the same document. */
function addNeighbours(best: Matched[], passages: IndexedPassage[]): Matched[] {
  const scores = new Map(best.map(({ passageId, score }) => [passageId, score]));
  return best.map((passage, index) => {
    const { passageId } = passage;
    const { first = passageId, last = passageId } = passages[index] ?? {};
    const before = passageId > first ? (scores.get(passageId - 1) ?? 0) : 0;
    const after = passageId < last ? (scores.get(passageId + 1) ?? 0) : 0;
    return { ...passage, score: passage.ownScore + NEIGHBOUR_SHARE * Math.max(before, after) };
  });
}

function byScore(left: Matched, right: Matched): number {
  return right.score - left.score || left.passageId - right.passageId;
}
