import type { Block, BlockKind, DocumentPart } from "../document.ts";
import { escapeHtml } from "./view.ts";

/** A part is closed when its text is this long, so that its reading view stays small enough to be fetched at once. */
const FULL = 24_000;

export interface NewBlock {
  kind: BlockKind;
  text: string;
  /** 1 to 6, for headings. */
  level?: number;
  /** Inner HTML when it is more than the escaped text. */
  html?: string;
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
}

export function createPartBuilder(): PartBuilder {
  const finished: OpenPart[] = [];
  let headings: { level: number; text: string }[] = [];
  let base: string[] = [];
  let blockCount = 0;

  const current = (): OpenPart => {
    const last = finished.at(-1);
    if (last) return last;
    const first: OpenPart = { label: "Document", page: null, text: "", blocks: [], html: [] };
    finished.push(first);
    return first;
  };

  return {
    startPart({ label, page, headingPath }) {
      if (headingPath) {
        base = headingPath;
        headings = [];
      }
      finished.push({ label, page: page ?? null, text: "", blocks: [], html: [] });
    },
    add({ kind, text, level, html }) {
      const clean = text.trim();
      if (clean === "") return;
      if (kind === "heading") {
        headings = [
          ...headings.filter((heading) => heading.level < (level ?? 1)),
          { level: level ?? 1, text: oneLine(clean) },
        ];
      }
      const part = current();
      const start = part.text.length;
      const id = `b${blockCount++}`;
      part.text += `${clean}\n${kind === "table-row" || kind === "list-item" ? "" : "\n"}`;
      part.blocks.push({
        id,
        kind,
        start,
        end: start + clean.length,
        headingPath: [...base, ...headings.map((heading) => heading.text)],
      });
      part.html.push(element(id, { kind, level: level ?? 1, inner: html ?? escapeHtml(clean) }));
    },
    isFull: () => current().text.length >= FULL,
    parts: () =>
      finished
        .filter((part) => part.blocks.length > 0)
        .map(({ html, ...part }) => ({ ...part, html: wrapRows(html) })),
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ").slice(0, 200);
}

function element(
  id: string,
  { kind, level, inner }: { kind: BlockKind; level: number; inner: string },
): string {
  switch (kind) {
    case "heading":
      return `<h${Math.min(level, 6)} id="${id}">${inner}</h${Math.min(level, 6)}>`;
    case "list-item":
      return `<li id="${id}">${inner}</li>`;
    case "table-row":
      return `<tr id="${id}">${inner.startsWith("<t") ? inner : `<td>${inner}</td>`}</tr>`;
    case "code":
      return `<pre id="${id}">${inner}</pre>`;
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
