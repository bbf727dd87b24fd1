import type { Anchor, PdfRegion } from "../protocol/documents.ts";
import { type Block, type DocumentPart, type PageGeometry, WORD_FIELDS } from "./document.ts";

const QUOTE_LENGTH = 160;

/** A word joins the line before it when its middle lies within this share of the line's height … */
const SAME_LINE = 0.35;
/** … and the gap between them is below this many line heights. */
const WIDEST_GAP = 2.5;

/** Where `part.text[start, end)` stands: rectangles when the part has geometry, else block ids with offsets. */
export function anchorOf(
  part: DocumentPart,
  partIndex: number,
  span: { start: number; end: number },
): Anchor {
  if (part.geometry) {
    return { kind: "pdf", regions: [regionOf(part.geometry, part.page ?? partIndex + 1, span)] };
  }
  const quote = part.text.slice(span.start, Math.min(span.end, span.start + QUOTE_LENGTH));
  const first = part.blocks.find((block) => block.end > span.start);
  const last = part.blocks.findLast((block) => block.start < span.end);
  if (!first || !last) return { kind: "text", quote };
  return {
    kind: "view",
    part: partIndex,
    start: { id: first.id, offset: offsetIn(first, span.start) },
    end: { id: last.id, offset: offsetIn(last, span.end) },
    quote,
  };
}

function offsetIn(block: Block, position: number): number {
  return Math.max(0, Math.min(position, block.end) - block.start);
}

function regionOf(
  geometry: PageGeometry,
  page: number,
  span: { start: number; end: number },
): PdfRegion {
  const rects: PdfRegion["rects"] = [];
  const { words } = geometry;
  let firstChar = Number.POSITIVE_INFINITY;
  let endChar = 0;
  for (let at = 0; at + WORD_FIELDS <= words.length; at += WORD_FIELDS) {
    const [start = 0, end = 0, raw = 0, left = 0, bottom = 0, right = 0, top = 0] = words.subarray(
      at,
      at + WORD_FIELDS,
    );
    if (end <= span.start || start >= span.end) continue;
    firstChar = Math.min(firstChar, raw);
    endChar = Math.max(endChar, raw + (end - start));
    const line = rects.at(-1);
    if (line && continues(line, [left, bottom, right, top])) {
      line[1] = Math.min(line[1], bottom);
      line[2] = Math.max(line[2], right);
      line[3] = Math.max(line[3], top);
    } else {
      rects.push([left, bottom, right, top]);
    }
  }
  const round = (value: number): number => Math.round(value * 10) / 10;
  return {
    page,
    box: geometry.box,
    rects: rects.map(([left, bottom, right, top]) => [
      round(left),
      round(bottom),
      round(right),
      round(top),
    ]),
    chars: [Number.isFinite(firstChar) ? firstChar : 0, endChar],
  };
}

type Rect = PdfRegion["rects"][number];

function continues(line: Rect, word: Rect): boolean {
  const height = Math.max(line[3] - line[1], 1);
  const middle = (word[1] + word[3]) / 2;
  const onLine = middle > line[1] - SAME_LINE * height && middle < line[3] + SAME_LINE * height;
  const gap = word[0] - line[2];
  return onLine && gap < WIDEST_GAP * height && word[0] >= line[0];
}
