import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { FilteredCandidate } from "./filter.ts";

export interface RankedCandidate extends FilteredCandidate {
  /** Among the passages the answer is written from. */
  used: boolean;
}

/** Best first; as many as the sources ask for are used, no passage's text twice. */
export function rank(
  candidates: FilteredCandidate[],
  sources: DataSource[],
): { used: RankedCandidate[]; ranked: RankedCandidate[] } {
  const room = Math.max(...sources.map(({ common }) => common.topNDocuments));
  const seen = new Set<string>();
  let taken = 0;
  const ranked = candidates.map((candidate) => {
    const used = candidate.passes && taken < room && !seen.has(candidate.passage.content);
    if (used) {
      taken++;
      seen.add(candidate.passage.content);
    }
    return { ...candidate, used };
  });
  return { used: ranked.filter(({ used }) => used), ranked };
}
