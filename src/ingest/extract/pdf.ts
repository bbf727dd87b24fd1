import type { Block, DocumentPart, ExtractedDocument } from "../document.ts";
import { type ExtractInput, invalidFile, MOST_PAGES } from "./input.ts";
import { readLines, type PdfLine } from "./pdf-lines.ts";
import { openPdf } from "./pdfium.ts";

/** A line this much larger than the body text is a heading. */
const HEADING_SIZE = 1.12;
const LONGEST_HEADING = 160;
/** A gap above a line of more than this share of its height starts a paragraph. */
const PARAGRAPH_GAP = 0.75;
/** A line that ends before this share of the widest line is the last of its paragraph, or a row. */
const FULL_LINE = 0.7;
const BULLET = /^(?:[•▪●◦‣–-]|\(?\d{1,3}[.)])\s+\S/u;

interface PdfPageLines {
  box: [width: number, height: number];
  lines: PdfLine[];
}

/** Page by page: words with their places, lines joined to paragraphs, larger type as headings. */
export async function extractPdf({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const document = await openPdf(bytes);
  if (document.pageCount === 0) {
    throw invalidFile(
      "The PDF has no pages; it may be damaged. Check that it opens in a PDF viewer.",
    );
  }
  if (document.pageCount > MOST_PAGES) {
    throw invalidFile(
      `The PDF has ${document.pageCount} pages; at most ${MOST_PAGES} can be read. Split it.`,
    );
  }
  const pages: PdfPageLines[] = [];
  for (let index = 0; index < document.pageCount; index++) {
    pages.push(
      document.withPage(index, (page) => ({
        box: [page.width, page.height],
        lines: readLines(page),
      })),
    );
  }
  if (pages.every((page) => page.lines.length === 0)) {
    throw invalidFile(
      "The PDF holds no text; it is probably a scan. Run text recognition (OCR) on it and upload the result.",
    );
  }
  const levels = headingLevels(pages);
  const state: LayoutState = { levels, headings: [], blockCount: 0 };
  const parts = pages.map((page, index) => layOut(page, index + 1, state));
  const firstHeading = parts.flatMap((part) =>
    part.blocks.filter((block) => block.kind === "heading"),
  )[0];
  return {
    kind: "pdf",
    title: goodTitle(document.title) ?? firstHeading?.headingPath.at(-1) ?? null,
    parts,
  };
}

/** Some programs write the file's name or "untitled" as the title. */
function goodTitle(title: string | null): string | null {
  return title === null || /^untitled|\.\w{2,4}$|^microsoft word/iu.test(title) ? null : title;
}

/** Font sizes above the body's, largest first, as heading levels. The body is the size most characters have. */
function headingLevels(pages: PdfPageLines[]): Map<number, number> {
  const characters = new Map<number, number>();
  for (const { lines } of pages) {
    for (const line of lines)
      characters.set(line.size, (characters.get(line.size) ?? 0) + line.text.length);
  }
  const body = [...characters].toSorted((left, right) => right[1] - left[1])[0]?.[0] ?? 0;
  const larger = [...characters.keys()]
    .filter((size) => size > body * HEADING_SIZE)
    .toSorted((left, right) => right - left);
  return new Map(larger.map((size, index) => [size, Math.min(index + 1, 6)]));
}

interface LayoutState {
  levels: Map<number, number>;
  headings: { level: number; text: string }[];
  blockCount: number;
}

function layOut({ box, lines }: PdfPageLines, page: number, state: LayoutState): DocumentPart {
  const widest = Math.max(0, ...lines.map((line) => line.right - line.left));
  const blocks: Block[] = [];
  const words: number[] = [];
  let text = "";
  let previous: PdfLine | undefined;
  for (const line of lines) {
    const level =
      line.text.length <= LONGEST_HEADING ? (state.levels.get(line.size) ?? null) : null;
    const open = blocks.at(-1);
    if (open && previous && continuesBlock(previous, line, { level, open })) {
      const isFull =
        previous.right - previous.left >= widest * FULL_LINE || open.kind === "heading";
      text += isFull ? " " : "\n";
    } else {
      if (text !== "") text += "\n\n";
      blocks.push(newBlock(line, { start: text.length, level, state }));
    }
    for (const word of line.words) {
      words.push(text.length + word.start, text.length + word.end, word.raw, ...word.box);
    }
    text += line.text;
    const block = blocks.at(-1);
    if (block) closeBlock(block, { text, level, state });
    previous = line;
  }
  return {
    label: `Page ${page}`,
    page,
    text,
    blocks,
    geometry: { box, words: Float64Array.from(words) },
  };
}

function continuesBlock(
  previous: PdfLine,
  line: PdfLine,
  { level, open }: { level: number | null; open: Block },
): boolean {
  if (line.size !== previous.size || (level !== null) !== (open.kind === "heading")) return false;
  if (BULLET.test(line.text)) return false;
  const gap = previous.bottom - line.top;
  const height = Math.max(1, line.top - line.bottom);
  return gap < PARAGRAPH_GAP * height && gap > -2 * height;
}

function newBlock(
  line: PdfLine,
  { start, level, state }: { start: number; level: number | null; state: LayoutState },
): Block {
  if (level !== null) {
    state.headings = [
      ...state.headings.filter((heading) => heading.level < level),
      { level, text: "" },
    ];
  }
  const kind = level !== null ? "heading" : BULLET.test(line.text) ? "list-item" : "paragraph";
  return { id: `b${state.blockCount++}`, kind, start, end: start, headingPath: [] };
}

function closeBlock(
  block: Block,
  { text, level, state }: { text: string; level: number | null; state: LayoutState },
): void {
  block.end = text.length;
  const heading = state.headings.at(-1);
  if (level !== null && heading) heading.text = text.slice(block.start).replaceAll(/\s+/gu, " ");
  block.headingPath = state.headings.map((entry) => entry.text);
}
