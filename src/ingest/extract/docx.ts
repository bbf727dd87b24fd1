import type { ExtractedDocument } from "../document.ts";
import type { ExtractInput } from "./input.ts";
import { tableRow } from "./markdown.ts";
import { type OfficeZip, openOfficeZip, readTitle } from "./office-zip.ts";
import { createPartBuilder, type PartBuilder } from "./part-builder.ts";

const MAIN = "word/document.xml";

/** Paragraphs, headings by style, lists, table rows, then footnotes and endnotes. Deleted text is left out. */
export async function extractDocx({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const zip = await openOfficeZip(bytes);
  const levels = await readHeadingStyles(zip);
  const builder = createPartBuilder();
  builder.startPart({ label: "Beginning" });
  const reader = createWordReader(builder, levels);
  await zip.readXml(MAIN, reader.handlers);
  for (const name of ["word/footnotes.xml", "word/endnotes.xml"]) {
    await zip.readXml(name, createWordReader(builder, levels, "note").handlers);
  }
  return {
    kind: "docx",
    title: (await readTitle(zip)) ?? reader.firstHeading(),
    parts: builder.parts(),
  };
}

/** Heading level by style id: from the outline level, the style's English name, or the style it is based on. */
async function readHeadingStyles(zip: OfficeZip): Promise<Map<string, number>> {
  const levels = new Map<string, number>();
  const basedOn = new Map<string, string>();
  let id = "";
  await zip.readXml("word/styles.xml", {
    open(name, attributes) {
      const value = attributes["w:val"] ?? "";
      if (name === "w:style") id = attributes["w:styleId"] ?? "";
      else if (name === "w:basedOn") basedOn.set(id, value);
      else if (name === "w:outlineLvl" && Number(value) < 9) levels.set(id, Number(value) + 1);
      else if (name === "w:name") {
        const level =
          /^heading (\d)$/iu.exec(value)?.[1] ?? (/^title$/iu.test(value) ? "1" : undefined);
        if (level) levels.set(id, Number(level));
      }
    },
  });
  for (const style of basedOn.keys()) {
    let base: string | undefined = style;
    for (let depth = 0; depth < 10 && base !== undefined && !levels.has(base); depth++)
      base = basedOn.get(base);
    const level = base === undefined ? undefined : levels.get(base);
    if (level !== undefined) levels.set(style, level);
  }
  return levels;
}

interface WordState {
  text: string;
  style: string;
  isListItem: boolean;
  /** Deleted text, field codes and the second rendering of a drawing are not read. */
  skipping: string[];
  inText: boolean;
  /** Rows of nested tables go with the row around them. */
  tables: number;
  cell: string[];
  row: string[] | null;
  header: string[];
  firstHeading: string | null;
}

const SKIPPED = new Set(["w:del", "w:instrText", "mc:Fallback"]);

function createWordReader(
  builder: PartBuilder,
  levels: Map<string, number>,
  only?: "note",
): { handlers: Parameters<OfficeZip["readXml"]>[1]; firstHeading: () => string | null } {
  const state: WordState = {
    text: "",
    style: "",
    isListItem: false,
    skipping: [],
    inText: false,
    tables: 0,
    cell: [],
    row: null,
    header: [],
    firstHeading: null,
  };

  function open(name: string, attributes: Record<string, string>): void {
    if (SKIPPED.has(name)) state.skipping.push(name);
    if (state.skipping.length > 0) return;
    if (name === "w:t") state.inText = true;
    else if (name === "w:tab") state.text += "\t";
    else if (name === "w:br" || name === "w:cr") state.text += "\n";
    else if (name === "w:noBreakHyphen") state.text += "-";
    else if (name === "w:pStyle") state.style = attributes["w:val"] ?? "";
    else if (name === "w:numId") state.isListItem = attributes["w:val"] !== "0";
    else if (name === "w:tbl" && ++state.tables === 1) state.header = [];
    else if (name === "w:tr" && state.tables === 1) state.row = [];
    else if (name === "w:tc" && state.tables === 1) state.cell = [];
  }

  function close(name: string): void {
    if (state.skipping.at(-1) === name) state.skipping.pop();
    if (state.skipping.length > 0) return;
    if (name === "w:t") state.inText = false;
    else if (name === "w:p") endParagraph();
    else if (name === "w:tc" && state.tables === 1) state.row?.push(state.cell.join(" "));
    else if (name === "w:tr" && state.tables === 1) endRow();
    else if (name === "w:tbl") state.tables--;
  }

  function endParagraph(): void {
    const text = state.text.trim();
    const level = levels.get(state.style);
    if (state.tables > 0) {
      if (text !== "") state.cell.push(text);
    } else if (text !== "") {
      if (level !== undefined && only === undefined) {
        state.firstHeading ??= text;
        if (level === 1 || builder.isFull()) builder.startPart({ label: text.slice(0, 120) });
        builder.add({ kind: "heading", level, text });
      } else {
        if (builder.isFull()) builder.startPart({ label: "Continued" });
        builder.add({ kind: only ?? (state.isListItem ? "list-item" : "paragraph"), text });
      }
    }
    state.text = "";
    state.style = "";
    state.isListItem = false;
  }

  function endRow(): void {
    const cells = state.row ?? [];
    const isHeader = state.header.length === 0;
    if (isHeader) state.header = cells;
    builder.add(tableRow(cells, isHeader ? null : state.header));
    state.row = null;
  }

  return {
    firstHeading: () => state.firstHeading,
    handlers: {
      open,
      close,
      text(text) {
        if (state.inText && state.skipping.length === 0) state.text += text;
      },
    },
  };
}
