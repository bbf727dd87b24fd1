import { tableRow } from "./markdown.ts";
import { plainRow } from "./office-rows.ts";
import { isOn, type XmlHandler } from "./office-xml.ts";
import type { NewBlock } from "./part-builder.ts";

/** Collects the text of one slide, page of notes or diagram. */
export interface SlideReader {
  handler: XmlHandler;
  isHidden(): boolean;
  title(): string;
  /** Everything but the title, in the order of the file, which is the order screen readers follow. */
  blocks(): NewBlock[];
}

/** Placeholders that repeat on every slide. */
const FURNITURE = new Set(["sldNum", "ftr", "hdr", "dt"]);
const TITLES = new Set(["title", "ctrTitle"]);
/** Placeholders whose paragraphs have bullets unless they say otherwise. */
const BULLETED = new Set(["body", "obj"]);

interface TableState {
  /** `namesColumns`: the first row holds the names of the columns. */
  start(options: { namesColumns: boolean }): void;
  startRow(): void;
  startCell(): void;
  /** Adds a paragraph to the open cell; false when none is open. */
  write(paragraph: string): boolean;
  endRow(): NewBlock;
}

function createTableState(): TableState {
  let row: string[] | null = null;
  let header: string[] | null = null;
  let hasHeader = false;
  return {
    start({ namesColumns }) {
      hasHeader = namesColumns;
      header = null;
    },
    startRow() {
      row = [];
    },
    startCell() {
      row?.push("");
    },
    write(paragraph) {
      if (!row || row.length === 0) return false;
      row[row.length - 1] += `${paragraph} `;
      return true;
    },
    endRow() {
      const cells = (row ?? []).map((cell) => cell.trim());
      row = null;
      if (!hasHeader || cells.length < 2) return plainRow(cells);
      const block = tableRow(cells, header);
      header ??= cells;
      return block;
    },
  };
}

interface Shape {
  /** Type of the placeholder; empty for a shape that is none. */
  placeholder: string;
}

/** With `onlyPlaceholder`, shapes that are not placeholders of that type are passed over. */
export function createSlideReader({
  onlyPlaceholder,
}: { onlyPlaceholder?: string } = {}): SlideReader {
  const blocks: NewBlock[] = [];
  const titles: string[] = [];
  let hidden = false;
  let shape: Shape = { placeholder: "" };
  let paragraph: { text: string; bullet: boolean } | null = null;
  const table = createTableState();
  let skipDepth = 0;
  let inRun = false;
  let inText = false;

  function open(name: string, attributes: Record<string, string>): void {
    if (skipDepth > 0 || name === "Fallback") {
      skipDepth++;
      return;
    }
    switch (name) {
      case "sld":
        hidden = !isOn(attributes["show"]);
        break;
      case "sp":
        shape = { placeholder: "" };
        break;
      case "ph":
        shape.placeholder = attributes["type"] ?? "obj";
        break;
      case "tblPr":
        table.start({ namesColumns: isOn(attributes["firstRow"] ?? "0") });
        break;
      case "tr":
        table.startRow();
        break;
      case "tc":
        table.startCell();
        break;
      case "p":
        paragraph = { text: "", bullet: BULLETED.has(shape.placeholder) };
        break;
      case "buNone":
        if (paragraph) paragraph.bullet = false;
        break;
      case "buChar":
      case "buAutoNum":
        if (paragraph) paragraph.bullet = true;
        break;
      case "br":
        if (paragraph) paragraph.text += "\n";
        break;
      case "r":
      case "fld":
        inRun = attributes["type"] !== "slidenum";
        break;
      case "t":
        inText = inRun;
        break;
    }
  }

  function closeParagraph(): void {
    const done = paragraph;
    paragraph = null;
    if (!done || FURNITURE.has(shape.placeholder)) return;
    if (onlyPlaceholder !== undefined && shape.placeholder !== onlyPlaceholder) return;
    if (table.write(done.text)) return;
    if (TITLES.has(shape.placeholder)) {
      titles.push(done.text.trim());
    } else {
      blocks.push({ kind: done.bullet ? "list-item" : "paragraph", text: done.text });
    }
  }

  return {
    handler: {
      open,
      close(name) {
        if (skipDepth > 0) skipDepth--;
        else if (name === "t") inText = false;
        else if (name === "r" || name === "fld") inRun = false;
        else if (name === "p") closeParagraph();
        else if (name === "sp") shape = { placeholder: "" };
        else if (name === "tr") blocks.push(table.endRow());
      },
      text(data) {
        if (inText && paragraph && skipDepth === 0) paragraph.text += data;
      },
    },
    isHidden: () => hidden,
    title: () => titles.filter(Boolean).join(" "),
    blocks: () => blocks,
  };
}
