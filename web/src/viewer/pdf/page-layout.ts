import type { PdfRegion, ReadingViewPartInfo } from "../../../../src/protocol/documents.ts";

/** CSS pixels of paper that stay visible beside the text. */
const MARGIN = 20;
/** A4, for a page whose size is not known. */
const USUAL_PAGE: [width: number, height: number] = [595, 842];
/** Factors of “the text fills the width”. */
const ZOOM_STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];
/** A short line alone on its page would be blown up beyond reason. */
const LARGEST_FIT = 2.4;

/** One step smaller or larger; the same at either end. */
export function nextZoom(zoom: number, by: 1 | -1): number {
  return ZOOM_STEPS[ZOOM_STEPS.indexOf(zoom) + by] ?? zoom;
}

export interface PageLayout {
  /** CSS pixels per PDF point. */
  scale: number;
  /** CSS pixels cut off before the text, so that paper margins cost no width. */
  left: number;
  /** Width of what is shown of a page. */
  width: number;
  pages: { width: number; height: number }[];
}

/**
 * Sizes of all pages before any is loaded. At zoom 1 the widest text of the document fills the width, not its paper: in a narrow
 * panel that is the difference between reading and guessing.
 */
export function layOutPages(
  parts: ReadingViewPartInfo[],
  { available, zoom }: { available: number; zoom: number },
): PageLayout {
  const boxes = parts.map(({ box }) => box ?? USUAL_PAGE);
  const widest = Math.max(1, ...boxes.map(([width]) => width));
  const [textLeft, textRight] = textExtent(parts) ?? [0, widest];
  const toPaper = available / widest;
  const toText = (available - 2 * MARGIN) / Math.max(1, textRight - textLeft);
  // Text that ends near the edge of its paper needs no more than the paper.
  const fit = Math.min(Math.max(toText, toPaper), Math.max(LARGEST_FIT, toPaper));
  const scale = fit * zoom;
  const isCropped = scale > toPaper;
  const left = isCropped ? Math.max(0, textLeft * scale - MARGIN * zoom) : 0;
  const width = isCropped
    ? Math.min(widest * scale - left, (textRight - textLeft) * scale + 2 * MARGIN * zoom)
    : widest * scale;
  return {
    scale,
    left,
    width,
    pages: boxes.map(([pageWidth, height]) => ({
      width: pageWidth * scale,
      height: height * scale,
    })),
  };
}

/** From the leftmost to the rightmost text of all pages, in points. Null: the server does not tell. */
function textExtent(parts: ReadingViewPartInfo[]): [left: number, right: number] | null {
  const extents = parts.flatMap(({ text }) => (text ? [text] : []));
  if (extents.length === 0) return null;
  const left = Math.min(...extents.map(([start]) => start));
  return [Math.max(0, left), Math.max(...extents.map(([, end]) => end))];
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Maps a point of the page's own space, origin bottom left, to pixels from the top left of the drawn page. */
export type ToPixels = (x: number, y: number) => [x: number, y: number];

/** For pages that are not loaded yet: right unless the page is turned or cut. */
export function plainMapping([, height]: PdfRegion["box"], scale: number): ToPixels {
  return (x, y) => [x * scale, (height - y) * scale];
}

/** Lines of a passage as boxes, a little higher than the letters, as a marker pen paints. */
export function lineBoxes(region: PdfRegion, toPixels: ToPixels): Box[] {
  return region.rects.map(([left, bottom, right, top]) => {
    const [x1, y1] = toPixels(left, bottom);
    const [x2, y2] = toPixels(right, top);
    const height = Math.abs(y1 - y2);
    const extra = height * 0.12;
    return {
      left: Math.min(x1, x2) - 2,
      top: Math.min(y1, y2) - extra,
      width: Math.abs(x2 - x1) + 4,
      height: height + 2 * extra,
    };
  });
}

/** One bar beside each stretch of lines below each other; a jump upwards starts the next column. */
export function edgeBars(lines: Box[]): Box[] {
  const bars: Box[] = [];
  let last: Box | undefined;
  for (const line of lines) {
    const bar = bars.at(-1);
    if (bar && last && line.top >= last.top - line.height / 2) {
      const bottom = Math.max(bar.top + bar.height, line.top + line.height);
      bar.left = Math.min(bar.left, line.left - 8);
      bar.height = bottom - bar.top;
    } else {
      bars.push({ left: line.left - 8, top: line.top, width: 3, height: line.height });
    }
    last = line;
  }
  return bars;
}
