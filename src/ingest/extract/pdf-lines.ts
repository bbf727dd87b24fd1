import type { PdfPage } from "./pdfium.ts";

/** One line of a page as PDFium reads it: in reading order, columns one after the other. */
export interface PdfLine {
  text: string;
  words: PdfWord[];
  /** Font size of its first character, in half points: small differences are noise. */
  size: number;
  left: number;
  right: number;
  bottom: number;
  top: number;
}

export interface PdfWord {
  /** In the line's text. */
  start: number;
  end: number;
  /** Index of its first character as PDFium counts them. */
  raw: number;
  box: [left: number, bottom: number, right: number, top: number];
}

/** How PDFium marks a hyphen at a line end that is not part of the word. */
const LINE_END_HYPHENS = new Set([0x02, 0xfffe]);
const LIGATURES: Record<string, string> = { ﬀ: "ff", ﬁ: "fi", ﬂ: "fl", ﬃ: "ffi", ﬄ: "ffl" };

export function readLines(page: PdfPage): PdfLine[] {
  const lines: PdfLine[] = [];
  let line = emptyLine();
  let word: { start: number; raw: number; lastRaw: number } | null = null;

  const endWord = (): void => {
    if (word)
      line.words.push({
        start: word.start,
        end: line.text.length,
        raw: word.raw,
        box: wordBox(page, word),
      });
    word = null;
  };
  const endLine = (): void => {
    endWord();
    if (line.words.length > 0) lines.push(measured({ ...line, text: line.text.trimEnd() }));
    line = emptyLine();
  };

  for (let raw = 0; raw < page.length; raw++) {
    const code = page.unicode(raw);
    if (LINE_END_HYPHENS.has(code)) {
      raw = skipLineBreak(page, raw);
    } else if (code === 0x0a || code === 0x0d) {
      if (code === 0x0a || page.unicode(raw + 1) !== 0x0a) endLine();
    } else if (isBlank(code)) {
      endWord();
      if (line.text !== "" && !line.text.endsWith(" ")) line.text += " ";
    } else {
      if (line.text === "") line.size = Math.round(page.fontSize(raw) * 2);
      word ??= { start: line.text.length, raw, lastRaw: raw };
      word.lastRaw = raw;
      const character = toText(code);
      line.text += LIGATURES[character] ?? character;
    }
  }
  endLine();
  return lines;
}

function emptyLine(): PdfLine {
  return { text: "", words: [], size: 0, left: 0, right: 0, bottom: 0, top: 0 };
}

/** The word goes on in the next line. */
function skipLineBreak(page: PdfPage, hyphen: number): number {
  let at = hyphen;
  while (at + 1 < page.length && [0x0a, 0x0d].includes(page.unicode(at + 1))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return (
    code <= 0x20 ||
    code === 0xa0 ||
    code === 0xad ||
    code === 0x3000 ||
    (code >= 0x2000 && code <= 0x200b)
  );
}

function toText(code: number): string {
  const isScalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isScalar ? String.fromCodePoint(code) : "\uFFFD";
}

function wordBox(
  page: PdfPage,
  { raw, lastRaw }: { raw: number; lastRaw: number },
): PdfWord["box"] {
  const first = page.box(raw);
  const last = lastRaw === raw ? first : page.box(lastRaw);
  return [
    Math.min(first[0], last[0]),
    Math.min(first[1], last[1]),
    Math.max(first[2], last[2]),
    Math.max(first[3], last[3]),
  ];
}

function measured(line: PdfLine): PdfLine {
  const boxes = line.words.map((word) => word.box);
  return {
    ...line,
    left: Math.min(...boxes.map((box) => box[0])),
    bottom: Math.min(...boxes.map((box) => box[1])),
    right: Math.max(...boxes.map((box) => box[2])),
    top: Math.max(...boxes.map((box) => box[3])),
  };
}
