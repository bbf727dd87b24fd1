import type { PassageOutcome } from "../protocol/trace.ts";
import type { SourcePassage } from "../sources/source.ts";
import type { FilteredCandidate } from "./filter.ts";
import type { Run } from "./run.ts";

/** Shorter overlaps are chance, in characters. */
const LEAST_OVERLAP = 40;

export interface RankedCandidate extends FilteredCandidate {
  /** `used`: among the passages the answer is written from; else why not. */
  outcome: PassageOutcome;
}

/**
 * Best first; as many as the sources ask for are used, of each source no more than it asks for itself, and no text twice: a
 * passage that a better one of the same document shows already is left out, and neighbouring text that one shows is cut off.
 * @param options.given Passages of searches before this one: their text is not used again, and they take no room.
 */
export function rank(
  candidates: FilteredCandidate[],
  { question: { sources } }: Run,
  { given = [] }: { given?: readonly RankedCandidate[] } = {},
): { used: RankedCandidate[]; ranked: RankedCandidate[] } {
  const room = Math.max(...sources.map(({ common }) => common.topNDocuments));
  const used: RankedCandidate[] = [];
  const squeeze = createSqueeze();
  const isFull = (sourceIndex: number): boolean => {
    const own = used.filter((entry) => entry.sourceIndex === sourceIndex).length;
    return used.length >= room || own >= (sources[sourceIndex]?.common.topNDocuments ?? room);
  };
  const outcomeOf = (candidate: FilteredCandidate): PassageOutcome => {
    if (!candidate.passes) return "strictness";
    if (isFull(candidate.sourceIndex)) return "top_n";
    const { passage } = candidate;
    const isShown = [...given, ...used].some((better) => shows(better.passage, passage, squeeze));
    return isShown ? "duplicate" : "used";
  };
  const ranked = candidates.map((candidate): RankedCandidate => {
    const outcome = outcomeOf(candidate);
    if (outcome !== "used") return { ...candidate, outcome };
    const passage = [...given, ...used].reduce(
      (rest, better) => withoutOverlap(rest, better.passage),
      candidate.passage,
    );
    const entry = { ...candidate, passage, outcome };
    used.push(entry);
    return entry;
  });
  return { used, ranked };
}

/** The same text, wherever it is from; or, in the same document, a passage within a wider one. */
function shows(better: SourcePassage, passage: SourcePassage, squeeze: Squeeze): boolean {
  const text = squeeze(better.content);
  if (text === squeeze(passage.content)) return true;
  if (!isSameDocument(better, passage)) return false;
  const matched = squeeze(passage.matched);
  return matched !== "" && text.includes(matched);
}

function isSameDocument(left: SourcePassage, right: SourcePassage): boolean {
  return left.filepath === right.filepath && left.title === right.title;
}

/** The passage without the neighbouring text that a better one of the same document ends or begins with. */
function withoutOverlap(passage: SourcePassage, better: SourcePassage): SourcePassage {
  if (!isSameDocument(passage, better)) return passage;
  const { content } = passage;
  const before = overlap(better.content, content);
  const after = overlap(content, better.content);
  const rest = content.slice(before, content.length - after).trim();
  return rest.length < content.length && rest.includes(passage.matched.trim())
    ? { ...passage, content: rest }
    : passage;
}

/** Characters that end one text and begin the other; 0 for less than a short sentence. */
function overlap(ending: string, beginning: string): number {
  if (beginning.length < LEAST_OVERLAP) return 0;
  const head = beginning.slice(0, LEAST_OVERLAP);
  let at = ending.indexOf(head, ending.length - beginning.length);
  while (at !== -1 && !beginning.startsWith(ending.slice(at))) at = ending.indexOf(head, at + 1);
  return at === -1 ? 0 : ending.length - at;
}

type Squeeze = (text: string) => string;

/** Texts as they are compared; each is compared with several others. */
function createSqueeze(): Squeeze {
  const known = new Map<string, string>();
  return (text) => {
    const squeezed = known.get(text) ?? text.replaceAll(/\s+/gu, " ").trim().toLowerCase();
    known.set(text, squeezed);
    return squeezed;
  };
}
