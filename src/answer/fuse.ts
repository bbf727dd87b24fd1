import type { SourcePassage } from "../sources/source.ts";
import { createJudge, type Judge } from "./relevance.ts";
import type { Query, ResultList } from "./retrieve.ts";
import type { Run } from "./run.ts";

/** A passage with where and by what it was found. */
export interface Candidate {
  passage: SourcePassage;
  sourceIndex: number;
  /** The queries that found it. */
  queries: string[];
  /** Reciprocal ranks over the lists it is in: comparable between sources. */
  fused: number;
  /** 0…1: how relevant it is to the query it fits best. */
  relevance: number;
}

/**
 * Damps the difference between the first ranks. Measured on pairs of questions asked as one, searched whole and by parts: both
 * gold passages among five in 87 % at 2 and 76 % at the customary 60, which drowns what only one part finds.
 */
const RANK_CONSTANT = 2;
/**
 * Over several queries ranks are weighed by relevance, of which every passage has this much: the first for a query that nothing
 * answers is not worth the first for another. Both gold passages are then among five in 88.8 %, among two in 70 instead of 65 %.
 */
const LEAST_RELEVANCE = 0.3;
/** A list without a relevant passage still counts this much of the best one. */
const LEAST_WEIGHT = 0.05;

/** The lists of all queries and sources merged into one, best first; a passage found several times is one. */
export function fuse(lists: ResultList[], run: Run): Candidate[] {
  const judged = judge(lists, run);
  const weights = weigh(judged);
  const byId = new Map<string, Candidate>();
  judged.forEach((list, index) => {
    const weight = weights[index] ?? 1;
    list.passages.forEach(({ passage, relevance }, rank) => {
      const key = `${list.sourceIndex} ${passage.id}`;
      const known = byId.get(key);
      byId.set(key, {
        passage: known && known.passage.score >= passage.score ? known.passage : passage,
        sourceIndex: list.sourceIndex,
        queries: [...(known?.queries ?? []), list.query.text],
        fused: (known?.fused ?? 0) + weight / (RANK_CONSTANT + rank + 1),
        relevance: Math.max(known?.relevance ?? 0, relevance),
      });
    });
  });
  const isOneQuery = new Set(lists.map(({ query }) => query.text)).size <= 1;
  return [...byId.values()]
    .map((candidate) => ({
      ...candidate,
      fused: candidate.fused * (isOneQuery ? 1 : LEAST_RELEVANCE + candidate.relevance),
    }))
    .toSorted((left, right) => right.fused - left.fused || right.relevance - left.relevance);
}

interface JudgedList {
  query: Query;
  sourceIndex: number;
  passages: { passage: SourcePassage; relevance: number }[];
}

function judge(lists: ResultList[], run: Run): JudgedList[] {
  const judges = new Map<number, Judge>();
  const judgeOf = ({ sourceIndex, scoreKind }: ResultList): Judge => {
    const known =
      judges.get(sourceIndex) ??
      createJudge(passagesOf(lists, sourceIndex), { analyzer: run.services.analyzer, scoreKind });
    judges.set(sourceIndex, known);
    return known;
  };
  const relevanceOf = (passage: SourcePassage, rank: number, list: ResultList): number => {
    const { text, judgedAs } = list.query;
    const own = judgedAs === undefined ? passage.relevance : null;
    return own ?? judgeOf(list)(judgedAs ?? text, passage, rank);
  };
  return lists.map((list) => ({
    query: list.query,
    sourceIndex: list.sourceIndex,
    passages: list.passages.map((passage, rank) => ({
      passage,
      relevance: relevanceOf(passage, rank, list),
    })),
  }));
}

function passagesOf(lists: ResultList[], sourceIndex: number): SourcePassage[] {
  const own = lists.filter((list) => list.sourceIndex === sourceIndex);
  return own.flatMap(({ passages }) => passages);
}

/**
 * Ranks say nothing of how good the first of a list is, so that a source with nothing to say would put its first passage
 * beside the first of the right one. Each list counts by its best passage against the best any source has for the same query.
 * Measured on a collection cut into three sources: gold among three 79 % without, 88 % with, as in one index.
 */
function weigh(lists: JudgedList[]): number[] {
  const bests = lists.map(({ passages }) =>
    Math.max(0, ...passages.map(({ relevance }) => relevance)),
  );
  return lists.map(({ query }, index) => {
    const rivals = bests.filter((_, other) => lists[other]?.query.text === query.text);
    const best = Math.max(...rivals);
    return best === 0 ? 1 : Math.max(LEAST_WEIGHT, (bests[index] ?? 0) / best);
  });
}
