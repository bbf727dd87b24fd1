import type { Block, DocumentPart } from "./document.ts";
import { countTokens } from "./tokens.ts";

/** A stretch of one part's text that is never cut again: a block, or a sentence or window of a block that is too long. */
export interface Piece {
  part: number;
  start: number;
  end: number;
  tokens: number;
  block: Block;
}

/** Cuts a part into pieces of at most `limit` tokens: at blocks, else lines, else sentences, else words, else anywhere. */
export function piecesOf(part: DocumentPart, partIndex: number, limit: number): Piece[] {
  const pieces: Piece[] = [];
  for (const block of part.blocks) {
    for (const span of splitSpan(part.text, trimmed(part.text, block), limit)) {
      pieces.push({ part: partIndex, block, ...span });
    }
  }
  return pieces;
}

interface Span {
  start: number;
  end: number;
}

interface CountedSpan extends Span {
  tokens: number;
}

function trimmed(text: string, { start, end }: Span): Span {
  while (start < end && isBlank(text, start)) start++;
  while (end > start && isBlank(text, end - 1)) end--;
  return { start, end };
}

function isBlank(text: string, at: number): boolean {
  return /\s/u.test(text.charAt(at));
}

/** Ways to cut, from the gentlest: each yields the positions after which a cut may fall. */
const CUTS: ((text: string) => Iterable<number>)[] = [
  lineEnds,
  sentenceEnds,
  wordEnds,
  codePointEnds,
];

function splitSpan(text: string, span: Span, limit: number, cutIndex = 0): CountedSpan[] {
  if (span.start >= span.end) return [];
  const tokens = shorterThan(span, limit)
    ? countTokens(text.slice(span.start, span.end))
    : limit + 1;
  const cuts = CUTS[cutIndex];
  if (tokens <= limit || !cuts) return [{ ...span, tokens }];
  const inside = text.slice(span.start, span.end);
  const parts: CountedSpan[] = [];
  let from = span.start;
  for (const end of cuts(inside)) {
    const piece = trimmed(text, { start: from, end: span.start + end });
    from = span.start + end;
    for (const part of splitSpan(text, piece, limit, cutIndex + 1))
      addOrJoin(parts, part, { text, limit });
  }
  for (const part of splitSpan(
    text,
    trimmed(text, { start: from, end: span.end }),
    limit,
    cutIndex + 1,
  )) {
    addOrJoin(parts, part, { text, limit });
  }
  return parts;
}

/** A token is at most a few dozen characters, so a far longer span needs no counting to be known as too long. */
function shorterThan({ start, end }: Span, limit: number): boolean {
  return end - start <= limit * 40;
}

/** Neighbouring small parts become one again while they fit: cutting finds boundaries, it must not leave crumbs. */
function addOrJoin(
  parts: CountedSpan[],
  part: CountedSpan,
  { text, limit }: { text: string; limit: number },
): void {
  const last = parts.at(-1);
  const joined =
    last &&
    joinedTokens(
      text,
      { start: last.start, end: part.end },
      { sum: last.tokens + part.tokens + 1, limit },
    );
  if (last && joined !== undefined && joined <= limit) {
    last.end = part.end;
    last.tokens = joined;
  } else {
    parts.push(part);
  }
}

/**
 * Tokens of a text whose parts have `sum` tokens. The whole has about as many as its parts, so exact counting is only
 * done where it can change the decision.
 */
export function joinedTokens(
  text: string,
  span: Span,
  { sum, limit }: { sum: number; limit: number },
): number {
  const unsure = sum > limit * 0.9 && sum < limit * 1.1;
  return unsure ? countTokens(text.slice(span.start, span.end)) : sum;
}

function* lineEnds(text: string): Iterable<number> {
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) yield at + 1;
}

function* sentenceEnds(text: string): Iterable<number> {
  const sentences = new Intl.Segmenter(undefined, { granularity: "sentence" });
  for (const { index, segment } of sentences.segment(text)) yield index + segment.length;
}

function* wordEnds(text: string): Iterable<number> {
  for (const { index, 0: blank } of text.matchAll(/\s+/gu)) yield index + blank.length;
}

/** Small steps that never fall inside a surrogate pair; `addOrJoin` makes full windows of them. */
function* codePointEnds(text: string): Iterable<number> {
  const step = 24;
  for (let at = step; at < text.length; at += step) {
    yield /[\uDC00-\uDFFF]/u.test(text.charAt(at)) ? at + 1 : at;
  }
}
