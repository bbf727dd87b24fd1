import type { PassageOutcome } from "../protocol/trace.ts";
import type { SourcePassage } from "../sources/source.ts";
import type { FilteredCandidate } from "./filter.ts";
import type { Run } from "./run.ts";

export interface RankedCandidate extends FilteredCandidate {
  /** `used`: among the passages the answer is written from; else why not. */
  outcome: PassageOutcome;
}

/**
 * Best first; as many as the sources ask for are used, of each source no more than it asks for itself, and no text twice: a
 * passage that a better one of the same document shows already is left out.
 */
export function rank(
  candidates: FilteredCandidate[],
  { question: { sources } }: Run,
): { used: RankedCandidate[]; ranked: RankedCandidate[] } {
  const room = Math.max(...sources.map(({ common }) => common.topNDocuments));
  const used: RankedCandidate[] = [];
  const isFull = (sourceIndex: number): boolean => {
    const own = used.filter((entry) => entry.sourceIndex === sourceIndex).length;
    return used.length >= room || own >= (sources[sourceIndex]?.common.topNDocuments ?? room);
  };
  const outcomeOf = (candidate: FilteredCandidate): PassageOutcome => {
    if (!candidate.passes) return "strictness";
    if (isFull(candidate.sourceIndex)) return "top_n";
    return used.some(({ passage }) => shows(passage, candidate.passage)) ? "duplicate" : "used";
  };
  const ranked = candidates.map((candidate): RankedCandidate => {
    const entry = { ...candidate, outcome: outcomeOf(candidate) };
    if (entry.outcome === "used") used.push(entry);
    return entry;
  });
  return { used, ranked };
}

/** The same text, wherever it is from; or, in the same document, a passage within a wider one. */
function shows(better: SourcePassage, passage: SourcePassage): boolean {
  const text = squeeze(better.content);
  if (text === squeeze(passage.content)) return true;
  const isSameDocument = better.filepath === passage.filepath && better.title === passage.title;
  const matched = squeeze(passage.matched);
  return isSameDocument && matched !== "" && text.includes(matched);
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim().toLowerCase();
}
