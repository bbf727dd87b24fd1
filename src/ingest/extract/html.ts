import { analyse } from "chardet";
import { Parser } from "htmlparser2";
import iconv from "iconv-lite";

import type { BlockKind, ExtractedDocument } from "../document.ts";
import type { ExtractInput } from "./input.ts";
import { tableRow } from "./markdown.ts";
import { createPartBuilder, type PartBuilder } from "./part-builder.ts";
import { decodeText } from "./text.ts";

/** Elements whose words are not the document's. */
const SKIPPED = new Set([
  "script",
  "style",
  "noscript",
  "template",
  "nav",
  "svg",
  "iframe",
  "object",
  "select",
  "button",
  "form",
  "head",
]);
/** Elements that end the block before them. */
const BLOCKS = new Set(
  "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody tfoot thead tr ul".split(
    " ",
  ),
);

/** HTML in one pass without a tree: as deep as it may be nested, no stack grows with it. */
export async function extractHtml({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const builder = createPartBuilder();
  builder.startPart({ label: "Beginning" });
  const reader = createHtmlReader(builder);
  reader.parser.write(decodeHtml(bytes));
  reader.parser.end();
  return { kind: "html", title: reader.title(), parts: builder.parts() };
}

/** The charset a page declares counts, unless the bytes say otherwise. */
function decodeHtml(bytes: Buffer): string {
  const declared = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/iu.exec(
    bytes.subarray(0, 4096).toString("latin1"),
  )?.[1];
  const isUtf8 = analyse(bytes.subarray(0, 64_000))[0]?.name === "UTF-8";
  if (declared === undefined || isUtf8 || !iconv.encodingExists(declared)) return decodeText(bytes);
  return iconv.decode(bytes, declared);
}

interface HtmlState {
  text: string;
  kind: BlockKind;
  level: number;
  /** How many skipped elements are open. */
  skipping: number;
  skippedNames: string[];
  preformatted: number;
  row: string[] | null;
  header: string[];
  title: string;
  inTitle: boolean;
  firstHeading: string | null;
}

function createHtmlReader(builder: PartBuilder): { parser: Parser; title: () => string | null } {
  const state: HtmlState = {
    text: "",
    kind: "paragraph",
    level: 1,
    skipping: 0,
    skippedNames: [],
    preformatted: 0,
    row: null,
    header: [],
    title: "",
    inTitle: false,
    firstHeading: null,
  };
  const parser = new Parser(
    {
      onopentag: (name, attributes) => open(state, { name, attributes, builder }),
      ontext(text) {
        if (state.inTitle) state.title += text;
        else if (state.skipping === 0)
          state.text += state.preformatted > 0 ? text : text.replaceAll(/\s+/gu, " ");
      },
      onclosetag: (name) => close(state, name, builder),
      onend: () => flush(state, builder),
    },
    { decodeEntities: true },
  );
  return { parser, title: () => clean(state.title) || state.firstHeading };
}

function open(
  state: HtmlState,
  {
    name,
    attributes,
    builder,
  }: { name: string; attributes: Record<string, string>; builder: PartBuilder },
): void {
  if (name === "title" && state.title === "") state.inTitle = true;
  const isHidden = "hidden" in attributes || attributes["aria-hidden"] === "true";
  if (SKIPPED.has(name) || (isHidden && BLOCKS.has(name))) {
    state.skipping++;
    state.skippedNames.push(name);
    return;
  }
  if (state.skipping > 0) {
    if (state.skippedNames.at(-1) === name) state.skippedNames.push(name);
    return;
  }
  if (name === "br") state.text += "\n";
  if (state.row) {
    if (name === "td" || name === "th") state.text = "";
    return;
  }
  if (BLOCKS.has(name)) flush(state, builder);
  if (name === "pre") state.preformatted++;
  if (name === "table") state.header = [];
  if (name === "tr") state.row = [];
  const level = /^h([1-6])$/u.exec(name)?.[1];
  state.level = Number(level ?? 1);
  if (level) state.kind = "heading";
  else if (name === "li" || name === "dt" || name === "dd") state.kind = "list-item";
  else if (name === "pre") state.kind = "code";
}

function close(state: HtmlState, name: string, builder: PartBuilder): void {
  if (name === "title") state.inTitle = false;
  if (state.skipping > 0) {
    if (state.skippedNames.at(-1) === name) {
      state.skippedNames.pop();
      state.skipping = state.skippedNames.length;
    }
    return;
  }
  if (state.row) {
    if (name === "td" || name === "th") state.row.push(clean(state.text));
    if (name === "tr" || name === "table") addRow(state, builder);
    return;
  }
  if (name === "pre") state.preformatted = Math.max(0, state.preformatted - 1);
  if (BLOCKS.has(name)) flush(state, builder);
}

function addRow(state: HtmlState, builder: PartBuilder): void {
  const cells = state.row ?? [];
  const isHeader = state.header.length === 0;
  if (isHeader) state.header = cells;
  builder.add(tableRow(cells, isHeader ? null : state.header));
  state.row = null;
  state.text = "";
}

function flush(state: HtmlState, builder: PartBuilder): void {
  const text =
    state.kind === "code" ? state.text.replaceAll(/^\n+|\s+$/gu, "") : clean(state.text, true);
  if (text !== "") {
    if (state.kind === "heading") state.firstHeading ??= text;
    if (builder.isFull() || (state.kind === "heading" && state.level === 1)) {
      builder.startPart({ label: state.kind === "heading" ? text.slice(0, 120) : "Continued" });
    }
    builder.add({ kind: state.kind, level: state.level, text });
  }
  state.text = "";
  state.kind = "paragraph";
}

function clean(text: string, keepLines = false): string {
  const lines = text.split("\n").map((line) => line.replaceAll(/\s+/gu, " ").trim());
  return lines.filter(Boolean).join(keepLines ? "\n" : " ");
}
