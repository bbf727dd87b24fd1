import type { Block, BlockKind, DocumentPart } from "../document.ts";
import { escapeHtml } from "./view.ts";

/** Extractors start another part when the text is this long, so that parts end where the document has a boundary. */
const FULL = 24_000;
/** A part's reading view is fetched at once, so a part ends at this many bytes of HTML, boundary or not. */
const MOST_HTML_BYTES = 64 * 1024;
/** A longer block becomes several. Escaped, and in three bytes a character, one still fits into a part. */
const LONGEST_BLOCK = 10_000;
/** A block with more HTML than this has only its text. */
const MOST_BLOCK_HTML = 32 * 1024;
/** What a list or table of one element, and line ends, add to it at most. */
const WRAPPER_BYTES = 20;
const CONTINUED = / \(continued\)$/u;

export interface NewBlock {
  kind: BlockKind;
  text: string;
  /** 1 to 6, for headings. */
  level?: number;
  /** Inner HTML when it is more than the escaped text. */
  html?: string;
  /** 1-based number of its first line in the file; shown beside code. */
  line?: number;
}

/**
 * Builds the parts of a document block by block: keeps offsets, ids, the heading path and the reading view in step.
 * Blocks without text are left out.
 */
export interface PartBuilder {
  /** Starts a part. Without one, blocks go on in the part before. */
  startPart(part: { label: string; page?: number; headingPath?: string[] }): void;
  add(block: NewBlock): void;
  /** The text of the part so far has reached the size at which extractors start another. */
  isFull(): boolean;
  parts(): DocumentPart[];
}

interface OpenPart {
  label: string;
  page: number | null;
  text: string;
  blocks: Block[];
  html: string[];
  htmlBytes: number;
}

export function createPartBuilder(): PartBuilder {
  const finished: OpenPart[] = [];
  let headings: { level: number; text: string }[] = [];
  let base: string[] = [];
  let blockCount = 0;

  function open(label: string, page: number | null): OpenPart {
    const part: OpenPart = { label, page, text: "", blocks: [], html: [], htmlBytes: 0 };
    finished.push(part);
    return part;
  }

  const current = (): OpenPart => finished.at(-1) ?? open("Document", null);

  /** The part that still has room for so much HTML. */
  function partFor(bytes: number): OpenPart {
    const part = current();
    if (part.htmlBytes === 0 || part.htmlBytes + bytes <= MOST_HTML_BYTES) return part;
    return open(`${part.label.replace(CONTINUED, "")} (continued)`, part.page);
  }

  function write(text: string, { kind, level = 1, html, line }: NewBlock): void {
    const id = `b${blockCount++}`;
    const fits = html !== undefined && Buffer.byteLength(html) <= MOST_BLOCK_HTML;
    const inner = fits ? html : escapeHtml(text);
    const markup = element(id, { kind, level, inner, line });
    const bytes = Buffer.byteLength(markup) + WRAPPER_BYTES;
    const part = partFor(bytes);
    const start = part.text.length;
    part.text += `${text}\n${kind === "table-row" || kind === "list-item" ? "" : "\n"}`;
    const headingPath = [...base, ...headings.map((heading) => heading.text)];
    part.blocks.push({ id, kind, start, end: start + text.length, headingPath });
    part.html.push(markup);
    part.htmlBytes += bytes;
  }

  return {
    startPart({ label, page, headingPath }) {
      if (headingPath) {
        base = headingPath;
        headings = [];
      }
      open(label, page ?? null);
    },
    add(block) {
      const clean = cleanText(block);
      if (clean === "") return;
      if (block.kind === "heading") {
        const level = block.level ?? 1;
        headings = [
          ...headings.filter((heading) => heading.level < level),
          { level, text: oneLine(clean) },
        ];
      }
      if (clean.length <= LONGEST_BLOCK) return write(clean, block);
      for (const piece of cut(clean)) {
        const text = cleanText({ ...block, text: piece });
        if (text !== "") write(text, { kind: block.kind, level: block.level ?? 1, text });
      }
    },
    isFull: () => current().text.length >= FULL,
    parts: () =>
      finished
        .filter((part) => part.blocks.length > 0)
        .map(({ label, page, text, blocks, html }) => ({
          label,
          page,
          text,
          blocks,
          html: wrapRows(html),
        })),
  };
}

/** Code keeps the indentation of its first line. */
function cleanText({ kind, text }: NewBlock): string {
  return kind === "code" ? text.trimEnd().replace(/^\s*\n/u, "") : text.trim();
}

function* cut(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const stretch = text.slice(start, start + LONGEST_BLOCK);
    const length = start + stretch.length === text.length ? stretch.length : cutLength(stretch);
    yield stretch.slice(0, length);
    start += length;
  }
}

/** After the last line end, else the last blank, of its second half; else anywhere but inside a character. */
function cutLength(stretch: string): number {
  for (const boundary of ["\n", " "]) {
    const length = stretch.lastIndexOf(boundary) + 1;
    if (length > stretch.length / 2) return length;
  }
  return /[\uD800-\uDBFF]$/.test(stretch) ? stretch.length - 1 : stretch.length;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ").slice(0, 200);
}

function element(
  id: string,
  block: { kind: BlockKind; level: number; inner: string; line: number | undefined },
): string {
  const { kind, level, inner, line } = block;
  switch (kind) {
    case "heading":
      return `<h${Math.min(level, 6)} id="${id}">${inner}</h${Math.min(level, 6)}>`;
    case "list-item":
      return `<li id="${id}">${inner}</li>`;
    case "table-row":
      return `<tr id="${id}">${inner.startsWith("<t") ? inner : `<td>${inner}</td>`}</tr>`;
    case "code":
      return `<pre id="${id}"${line === undefined ? "" : ` data-line="${line}"`}>${inner}</pre>`;
    case "note":
      return `<aside id="${id}">${inner}</aside>`;
    case "paragraph":
      return `<p id="${id}">${inner}</p>`;
  }
}

/** List items and rows next to each other become one list or table. */
function wrapRows(elements: string[]): string {
  let html = "";
  let open = "";
  for (const next of elements) {
    const wrapper = next.startsWith("<li") ? "ul" : next.startsWith("<tr") ? "table" : "";
    if (wrapper !== open) {
      if (open) html += `</${open}>\n`;
      if (wrapper) html += `<${wrapper}>\n`;
      open = wrapper;
    }
    html += `${next}\n`;
  }
  return open ? `${html}</${open}>\n` : html;
}
