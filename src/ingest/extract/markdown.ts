import type { ExtractedDocument } from "../document.ts";
import type { ExtractInput } from "./input.ts";
import { createPartBuilder, type NewBlock, type PartBuilder } from "./part-builder.ts";
import { decodeText } from "./text.ts";
import { escapeHtml } from "./view.ts";

const HEADING = /^#{1,6}(?=\s|$)/u;
const UNDERLINE = /^(?:=+|-{2,})$/u;
const LIST_ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s+/u;
const TABLE_RULE = /^[\s:|-]+$/u;
const FENCE = /^\s*(`{3,}|~{3,})/u;
const QUOTE_MARKS = /^\s{0,3}(?:>\s?)+/u;
const FRONT_MATTER = /^---\n[\s\S]*?\n---\n/u;
/** A paragraph without a blank line is cut after so many lines. */
const LONGEST_PARAGRAPH = 2_000;

/** Markdown line by line: headings, paragraphs, list items, table rows and fenced code. */
export async function extractMarkdown({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const builder = createPartBuilder();
  builder.startPart({ label: "Beginning" });
  let title: string | null = null;
  for (const block of blocksOf(decodeText(bytes).replace(FRONT_MATTER, ""))) {
    if (block.text === "") continue;
    if (block.kind === "heading") {
      title ??= block.text;
      startSection(builder, block);
    } else if (builder.isFull()) {
      builder.startPart({ label: "Continued" });
    }
    builder.add(block);
  }
  return { kind: "markdown", title, parts: builder.parts() };
}

/** A part begins with a top heading, and with any other once the part is full. */
function startSection(builder: PartBuilder, heading: NewBlock): void {
  if ((heading.level ?? 1) === 1 || builder.isFull()) builder.startPart({ label: heading.text });
}

function* blocksOf(text: string): Generator<NewBlock> {
  const lines = text.split("\n");
  let header: string[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const fence = FENCE.exec(line)?.[1];
    const underline = underlineLevel(line, lines[at + 1] ?? "");
    if (!isTableRow(line)) header = [];
    if (HEADING.test(line)) {
      yield headingOf(line);
      at++;
    } else if (underline !== null) {
      yield { kind: "heading", level: underline, text: plain(line.trim()) };
      at += 2;
    } else if (fence !== undefined) {
      const end = fenceEnd(lines, { from: at + 1, fence });
      yield { kind: "code", text: lines.slice(at + 1, end).join("\n") };
      at = end + 1;
    } else if (isTableRow(line)) {
      const cells = cellsOf(line);
      if (header.length === 0) header = cells;
      if (!TABLE_RULE.test(line)) yield tableRow(cells, cells === header ? null : header);
      at++;
    } else if (line.trim() === "") {
      at++;
    } else {
      const end = paragraphEnd(lines, at);
      yield paragraphOf(lines.slice(at, end));
      at = end;
    }
  }
}

/** `## Text ##` without its marks; a `#` that ends a word belongs to it. */
function headingOf(line: string): NewBlock {
  const level = HEADING.exec(line)?.[0].length ?? 1;
  const text = line
    .slice(level)
    .trim()
    .replace(/(?:^|\s)#+$/u, "");
  return { kind: "heading", level, text: plain(text.trim()) };
}

/** 1 or 2 when `next` is the line of `=` or `-` that makes a heading of `line`; else null. */
function underlineLevel(line: string, next: string): number | null {
  if (line.trim() === "" || LIST_ITEM.test(line) || isTableRow(line) || line.startsWith(">"))
    return null;
  const rule = next.trim();
  return UNDERLINE.test(rule) ? (rule.startsWith("=") ? 1 : 2) : null;
}

function fenceEnd(lines: string[], { from, fence }: { from: number; fence: string }): number {
  let at = from;
  while (at < lines.length && !lines[at]?.trimStart().startsWith(fence)) at++;
  return at;
}

function isTableRow(line: string): boolean {
  const row = line.trim();
  return row.length > 1 && row.startsWith("|") && row.endsWith("|");
}

/** Index after the last line of the paragraph or list item that begins at `start`. */
function paragraphEnd(lines: string[], start: number): number {
  const most = Math.min(lines.length, start + LONGEST_PARAGRAPH);
  let at = start + 1;
  while (at < most && !startsBlock(lines[at] ?? "")) at++;
  return at;
}

function startsBlock(line: string): boolean {
  return (
    line.trim() === "" ||
    HEADING.test(line) ||
    LIST_ITEM.test(line) ||
    FENCE.test(line) ||
    isTableRow(line)
  );
}

function paragraphOf(lines: string[]): NewBlock {
  const text = lines.map((line) => line.replace(QUOTE_MARKS, "")).join("\n");
  const kind = LIST_ITEM.test(text) ? "list-item" : "paragraph";
  return { kind, text: plain(text.replace(LIST_ITEM, "")) };
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .replaceAll(/^\||\|$/gu, "")
    .split("|")
    .map((cell) => plain(cell.trim()));
}

/** A row says its column names, so that a question in words of the header finds the cell. */
export function tableRow(cells: string[], header: string[] | null): NewBlock {
  const tag = header ? "td" : "th";
  const html = cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("");
  const named = cells.map((cell, index) => {
    const name = header?.[index] ?? "";
    return name === "" || cell === "" ? cell : `${name}: ${cell}`;
  });
  return { kind: "table-row", text: named.filter(Boolean).join(header ? "; " : " | "), html };
}

/**
 * Emphasis, code marks and link targets are not words. Each expression spans a bounded stretch of one line, so that a
 * long run of opening marks costs no more than its length.
 */
function plain(text: string): string {
  return text
    .replaceAll(/!?\[([^[\]\n]{0,500})\]\([^()\s]{0,2000}(?:\s"[^"\n]{0,200}")?\)/gu, "$1")
    .replaceAll(/\*\*(?=\S)([^*\n]{1,500})(?<=\S)\*\*/gu, "$1")
    .replaceAll(/(?<![\w`])__(?=\S)([^_\n]{1,500})(?<=\S)__(?![\w`])/gu, "$1")
    .replaceAll(/(?<![\w*])\*(?=\S)([^*\n]{1,500})(?<=\S)\*(?![\w*])/gu, "$1")
    .replaceAll(/`([^`\n]{1,1000})`/gu, "$1");
}
