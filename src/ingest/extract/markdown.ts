import type { ExtractedDocument } from "../document.ts";
import type { ExtractInput } from "./input.ts";
import { createPartBuilder, type NewBlock, type PartBuilder } from "./part-builder.ts";
import { decodeText } from "./text.ts";
import { escapeHtml } from "./view.ts";

const HEADING = /^(#{1,6})\s+(.*?)\s*#*\s*$/u;
const LIST_ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s+/u;
const TABLE_ROW = /^\s*\|.*\|\s*$/u;
const TABLE_RULE = /^\s*\|?[\s:|-]+\|?\s*$/u;
const FENCE = /^\s*(`{3,}|~{3,})/u;
const FRONT_MATTER = /^---\n[\s\S]*?\n---\n/u;

/** Markdown line by line: headings, paragraphs, list items, table rows and fenced code. */
export async function extractMarkdown({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const builder = createPartBuilder();
  builder.startPart({ label: "Beginning" });
  let title: string | null = null;
  for (const block of blocksOf(decodeText(bytes).replace(FRONT_MATTER, ""))) {
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
    const heading = HEADING.exec(line);
    const fence = FENCE.exec(line)?.[1];
    if (!TABLE_ROW.test(line)) header = [];
    if (heading) {
      yield { kind: "heading", level: heading[1]?.length ?? 1, text: plain(heading[2] ?? "") };
      at++;
    } else if (fence !== undefined) {
      const end = lines.findIndex(
        (later, index) => index > at && later.trimStart().startsWith(fence),
      );
      yield { kind: "code", text: lines.slice(at + 1, end === -1 ? undefined : end).join("\n") };
      at = end === -1 ? lines.length : end + 1;
    } else if (TABLE_ROW.test(line)) {
      const cells = cellsOf(line);
      if (header.length === 0) header = cells;
      if (!TABLE_RULE.test(line)) yield tableRow(cells, cells === header ? null : header);
      at++;
    } else if (line.trim() === "") {
      at++;
    } else {
      const item = LIST_ITEM.test(line);
      const block = takeParagraph(lines, at);
      const words = plain(block.join("\n").replace(LIST_ITEM, ""));
      yield { kind: item ? "list-item" : "paragraph", text: words };
      at += block.length;
    }
  }
}

/** The lines from `at` on up to the next block. */
function takeParagraph(lines: string[], at: number): string[] {
  const rest = lines.slice(at + 1, at + 2_000);
  const end = rest.findIndex(
    (line) =>
      line.trim() === "" ||
      HEADING.test(line) ||
      LIST_ITEM.test(line) ||
      TABLE_ROW.test(line) ||
      FENCE.test(line),
  );
  return [lines[at] ?? "", ...(end === -1 ? rest : rest.slice(0, end))];
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

/** Emphasis, code marks and link targets are not words. */
function plain(text: string): string {
  return text
    .replaceAll(/!?\[([^\]]*)\]\([^)\s]*(?:\s+"[^"]*")?\)/gu, "$1")
    .replaceAll(/(\*\*|__)(\S(?:.*?\S)?)\1/gu, "$2")
    .replaceAll(/(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])/gu, "$1")
    .replaceAll(/`([^`\n]+)`/gu, "$1");
}
