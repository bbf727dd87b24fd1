import type { Span } from "../protocol/extensions.ts";

const MARKERS = /^(?:\s*\[DOC\d+\])+/u;

/** The sentences of a text in order: lines first (rows, list items), then sentences within a line. Markers belong to what they follow. */
export function sentenceSpans(text: string): Span[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "sentence" });
  const spans: Span[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    let isFirst = true;
    // A full stop before a small letter ends no sentence.
    const capitals = line.replaceAll("[doc", "[DOC");
    for (const { segment, index } of segmenter.segment(capitals)) {
      const start = at + index;
      const markers = isFirst ? 0 : (MARKERS.exec(segment)?.[0].length ?? 0);
      const previous = spans.at(-1);
      if (markers > 0 && previous) previous.end = start + markers;
      const span = trimmed(text, { start: start + markers, end: start + segment.length });
      if (span.end > span.start) spans.push(span);
      isFirst = false;
    }
    at += line.length + 1;
  }
  return spans;
}

function trimmed(text: string, { start, end }: Span): Span {
  const part = text.slice(start, end);
  const lead = part.length - part.trimStart().length;
  return { start: start + lead, end: start + Math.max(lead, part.trimEnd().length) };
}
