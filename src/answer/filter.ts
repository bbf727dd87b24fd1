import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { Candidate } from "./retrieve.ts";

/** Relevance (0…1) a passage needs at strictness 1…5. Ours: the service never published its own. */
const THRESHOLDS = [0.05, 0.15, 0.3, 0.45, 0.6];

export interface FilteredCandidate extends Candidate {
  /** False: under the threshold of its source. */
  passes: boolean;
}

/** Marks what strictness lets through. Strictness 1 never empties a result that was not empty. */
export function filterByStrictness(
  candidates: Candidate[],
  sources: DataSource[],
): FilteredCandidate[] {
  const filtered = candidates.map((candidate) => {
    const source = sources[candidate.sourceIndex];
    const strictness = source?.common.strictness ?? 3;
    const threshold = Math.max(
      THRESHOLDS[strictness - 1] ?? 0,
      source ? scoreThreshold(source) : 0,
    );
    return { ...candidate, passes: candidate.relevance >= threshold };
  });
  const lenient = sources.every(
    (source) => source.common.strictness === 1 && scoreThreshold(source) === 0,
  );
  if (!lenient || filtered.some(({ passes }) => passes)) return filtered;
  return filtered.map((candidate) => ({ ...candidate, passes: true }));
}

/** Only vector stores take one from the caller. */
function scoreThreshold({ source }: DataSource): number {
  return source.type === "file_search" ? source.scoreThreshold : 0;
}
