import { invalidFile } from "./input.ts";
import type { OfficePackage } from "./office-zip.ts";
import { formatNumber, type NumberFormat } from "./xlsx-numbers.ts";

/** A row that has at least one value. */
export interface SheetRow {
  /** 1-based, as the sheet numbers it. */
  number: number;
  /** 0-based columns that have a value, rising. */
  columns: number[];
  /** The values of these columns. */
  texts: string[];
}

/** A range of merged cells; the value stands in its first cell. Rows are 1-based, columns 0-based, ends inclusive. */
export interface MergedRange {
  firstRow: number;
  lastRow: number;
  firstColumn: number;
  lastColumn: number;
}

export interface Sheet {
  rows: SheetRow[];
  merged: MergedRange[];
}

interface ReadOptions {
  strings: string[];
  formatOf: (style: number) => NumberFormat;
  date1904: boolean;
}

const MOST_CELLS = 8_000_000;
const WIDEST = 16_384;

/** The texts that cells refer to by number; pronunciation help (`rPh`) is left out. */
export async function readSharedStrings(
  office: OfficePackage,
  part: string | undefined,
): Promise<string[]> {
  const strings: string[] = [];
  if (part === undefined) return strings;
  let text = "";
  let inText = false;
  let inPronunciation = false;
  await office.read(part, {
    open(name) {
      if (name === "si") text = "";
      else if (name === "rPh") inPronunciation = true;
      else if (name === "t") inText = !inPronunciation;
    },
    close(name) {
      if (name === "t") inText = false;
      else if (name === "rPh") inPronunciation = false;
      else if (name === "si") strings.push(unescapeText(text));
    },
    text(data) {
      if (inText) text += data;
    },
  });
  return strings;
}

/** Reads the values of one sheet, as text in the way the sheet shows them. */
export async function readSheet(
  office: OfficePackage,
  part: string,
  { strings, formatOf, date1904 }: ReadOptions,
): Promise<Sheet> {
  const sheet: Sheet = { rows: [], merged: [] };
  let row: SheetRow = { number: 0, columns: [], texts: [] };
  let column = -1;
  let type = "n";
  let style = 0;
  let value = "";
  let inValue = false;
  let cells = 0;

  function cellText(): string {
    switch (type) {
      case "s":
        return strings[Number(value)] ?? "";
      case "str":
      case "inlineStr":
        return unescapeText(value);
      case "b":
        return value === "1" || value === "true" ? "TRUE" : "FALSE";
      case "n": {
        const number = Number(value);
        return Number.isNaN(number) ? value : formatNumber(number, formatOf(style), date1904);
      }
      default:
        // Errors (`#DIV/0!`) and ISO dates stand as they are shown.
        return value;
    }
  }

  function closeCell(): void {
    const text = value === "" ? "" : cellText().trim();
    if (text === "" || column >= WIDEST) return;
    if (++cells > MOST_CELLS)
      throw invalidFile("The workbook has too many cells. Split it into smaller files.");
    row.columns.push(column);
    row.texts.push(text);
  }

  await office.read(part, {
    open(name, attributes) {
      switch (name) {
        case "row":
          row = { number: Number(attributes["r"]) || row.number + 1, columns: [], texts: [] };
          column = -1;
          break;
        case "c": {
          // Cells stand in order; one that claims to stand further left is put behind its neighbour.
          const named = attributes["r"] === undefined ? column + 1 : columnOf(attributes["r"]);
          column = Math.max(named, column + 1);
          type = attributes["t"] ?? "n";
          style = Number(attributes["s"] ?? 0);
          value = "";
          break;
        }
        case "v":
        case "t":
          inValue = true;
          break;
        case "rPh":
          inValue = false;
          break;
        case "mergeCell":
          addMerged(sheet, attributes["ref"] ?? "");
          break;
      }
    },
    close(name) {
      if (name === "v" || name === "t") inValue = false;
      else if (name === "c") closeCell();
      else if (name === "row" && row.columns.length > 0) sheet.rows.push(row);
    },
    text(data) {
      if (inValue) value += data;
    },
  });
  return sheet;
}

/** Characters that XML cannot hold, and line ends, are written as `_x000D_`. */
function unescapeText(text: string): string {
  if (!text.includes("_x")) return text;
  return text.replaceAll(/_x([0-9a-f]{4})_/giu, (_, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code === 0x0d
      ? ""
      : code < 0x20 && code !== 0x09 && code !== 0x0a
        ? " "
        : String.fromCodePoint(code);
  });
}

/** `BC12` → 54. */
function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < reference.length && at < 4; at++) {
    const letter = reference.charCodeAt(at) & ~0x20;
    if (letter < 65 || letter > 90) break;
    column = column * 26 + letter - 64;
  }
  return column - 1;
}

function addMerged(sheet: Sheet, reference: string): void {
  const match = /^\$?[a-z]+\$?(\d+):\$?([a-z]+)\$?(\d+)$/iu.exec(reference);
  if (!match) return;
  const firstColumn = columnOf(reference);
  const lastColumn = columnOf(match[2] ?? "");
  sheet.merged.push({
    firstRow: Number(match[1]),
    lastRow: Number(match[3]),
    firstColumn,
    lastColumn,
  });
}
