import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { Candidate } from "./fuse.ts";
import type { Run } from "./run.ts";

/**
 * Relevance (0…1) a passage needs at strictness 1…5, by what its source means by relevance; measured in `docs/retrieval.md`. Ours:
 * the service never published its own; its default, 3, was about 0.3 of 1 on a scale of likeness.
 */
const THRESHOLDS = {
  /** Vector stores of this server tell how likely a passage answers. */
  likelihood: [0.002, 0.01, 0.025, 0.15, 0.5],
  /** All others tell how alike question and passage are. */
  likeness: [0.05, 0.15, 0.3, 0.45, 0.6],
};

export interface FilteredCandidate extends Candidate {
  /** False: under the threshold of its source. */
  passes: boolean;
  /** What a reranker here gave it. */
  rerankScore?: number;
}

/** Marks what strictness lets through. Strictness 1 never empties a result that was not empty. */
export function filterByStrictness(candidates: Candidate[], run: Run): FilteredCandidate[] {
  const { sources } = run.question;
  const filtered = candidates.map((candidate) => ({
    ...candidate,
    passes: candidate.relevance >= thresholdOf(sources[candidate.sourceIndex]),
  }));
  if (filtered.some(({ passes }) => passes)) {
    noteNearMisses(filtered, run);
    return filtered;
  }
  const lenient = filtered.map((candidate) => ({
    ...candidate,
    passes: isLenient(sources[candidate.sourceIndex]),
  }));
  noteNearMisses(lenient, run);
  return lenient;
}

function thresholdOf(source: DataSource | undefined, lower = 0): number {
  if (!source) return 0;
  const scale = source.source.type === "file_search" ? "likelihood" : "likeness";
  const threshold = THRESHOLDS[scale][source.common.strictness - 1 - lower] ?? 0;
  return Math.max(threshold, scoreThreshold(source));
}

/** Only vector stores take one from the caller. */
function scoreThreshold({ source }: DataSource): number {
  return source.type === "file_search" ? source.scoreThreshold : 0;
}

function isLenient(source: DataSource | undefined): boolean {
  return source?.common.strictness === 1 && scoreThreshold(source) === 0;
}

/** Passages that one step less of strictness would have let through. */
function noteNearMisses(candidates: FilteredCandidate[], { question, trace }: Run): void {
  trace.near_misses = null;
  const near = candidates.filter(({ passes, relevance, sourceIndex }) => {
    const source = question.sources[sourceIndex];
    return !passes && relevance >= thresholdOf(source, 1);
  });
  const [first] = near;
  if (!first) return;
  const { strictness = 3 } = question.sources[first.sourceIndex]?.common ?? {};
  const passages = near.length === 1 ? "passage" : "passages";
  trace.near_misses = {
    count: near.length,
    strictness,
    text: `${near.length} ${passages} just below strictness ${strictness}`,
  };
}
