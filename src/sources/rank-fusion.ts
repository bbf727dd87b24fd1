import type { SourcePassage } from "./source.ts";

/** Damps the difference between the first ranks; the value of the paper, of Azure AI Search and of Elasticsearch. */
const RANK_CONSTANT = 60;

/**
 * One list of several rankings of the same source, best first. `score` becomes the sum of reciprocal ranks; `relevance` stays
 * what the ranking that knows it said.
 */
export function fuseRankings(rankings: SourcePassage[][]): SourcePassage[] {
  const byId = new Map<string, SourcePassage>();
  for (const ranking of rankings) {
    ranking.forEach((passage, index) => {
      const known = byId.get(passage.id);
      const score = (known?.score ?? 0) + 1 / (RANK_CONSTANT + index + 1);
      const relevance = mostOf(known?.relevance ?? null, passage.relevance);
      byId.set(passage.id, { ...(known ?? passage), score, relevance });
    });
  }
  return [...byId.values()].toSorted((left, right) => right.score - left.score);
}

function mostOf(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.max(left, right);
}
