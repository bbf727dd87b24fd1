/** A stretch of an answer: words, or the marker of a citation (0-based position in the list). */
export type AnswerPiece = { type: "text"; text: string } | { type: "marker"; citation: number };

const MARKER = /\[doc(\d{1,3})\]/gu;
/** The beginning of a marker that is still being streamed. */
const UNFINISHED = /\[(?:d|do|doc\d{0,3})?$/u;

/**
 * Parts an answer at its markers. While it is streamed (`done` false) a half-written marker at the end is left out, so
 * that no reader sees `[doc`. A number without a citation stays plain text.
 */
export function splitAtMarkers(
  answer: string,
  { citations, done }: { citations: number; done: boolean },
): AnswerPiece[] {
  const text = done ? answer : answer.replace(UNFINISHED, "");
  const pieces: AnswerPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKER)) {
    const citation = Number(match[1]) - 1;
    if (citation < 0 || citation >= citations) continue;
    if (match.index > end) pieces.push({ type: "text", text: text.slice(end, match.index) });
    pieces.push({ type: "marker", citation });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ type: "text", text: text.slice(end) });
  return pieces;
}
