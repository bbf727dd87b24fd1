import type { ExtractedDocument } from "../document.ts";
import type { ExtractInput } from "./input.ts";
import { tableRow } from "./markdown.ts";
import { type OfficeZip, openOfficeZip, readRelationships, readTitle } from "./office-zip.ts";
import { createPartBuilder, type PartBuilder } from "./part-builder.ts";
import { formatCell, type NumberFormat, readNumberFormats } from "./xlsx-numbers.ts";

const MAIN = "xl/workbook.xml";
const ROWS = 200;

/** Sheets in order, a row a block that names its columns; the first row with several texts is the header. Hidden sheets are left out. */
export async function extractXlsx({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const zip = await openOfficeZip(bytes);
  const workbook = await readWorkbook(zip);
  const strings = await readSharedStrings(zip);
  const formats = await readNumberFormats(zip);
  const builder = createPartBuilder();
  for (const sheet of workbook.sheets) {
    await readSheet(zip, { sheet, strings, formats, uses1904: workbook.uses1904, builder });
  }
  return { kind: "xlsx", title: await readTitle(zip), parts: builder.parts() };
}

interface Sheet {
  name: string;
  part: string;
}

async function readWorkbook(zip: OfficeZip): Promise<{ sheets: Sheet[]; uses1904: boolean }> {
  const targets = await readRelationships(zip, MAIN);
  const sheets: Sheet[] = [];
  let uses1904 = false;
  await zip.readXml(MAIN, {
    open(name, attributes) {
      if (name === "workbookPr") uses1904 = /^(?:1|true)$/u.test(attributes["date1904"] ?? "");
      const part =
        name === "sheet" && !attributes["state"]?.includes("idden")
          ? targets.get(attributes["r:id"] ?? "")
          : undefined;
      if (part !== undefined) sheets.push({ name: attributes["name"] ?? "", part });
    },
  });
  return { sheets, uses1904 };
}

async function readSharedStrings(zip: OfficeZip): Promise<string[]> {
  const strings: string[] = [];
  let text = "";
  let inText = false;
  let phonetic = false;
  await zip.readXml("xl/sharedStrings.xml", {
    open(name) {
      if (name === "si") text = "";
      else if (name === "rPh") phonetic = true;
      else if (name === "t") inText = true;
    },
    text(piece) {
      if (inText && !phonetic) text += piece;
    },
    close(name) {
      if (name === "t") inText = false;
      else if (name === "rPh") phonetic = false;
      else if (name === "si") strings.push(text);
    },
  });
  return strings;
}

interface SheetReading {
  sheet: Sheet;
  strings: string[];
  formats: NumberFormat[];
  uses1904: boolean;
  builder: PartBuilder;
}

interface OpenCell {
  column: number;
  type: string;
  format: NumberFormat;
  value: string;
}

async function readSheet(zip: OfficeZip, reading: SheetReading): Promise<void> {
  const { sheet, strings, formats, uses1904 } = reading;
  const addRow = rowWriter(reading);
  let cells: string[] = [];
  let rowNumber = 0;
  let cell: OpenCell | null = null;
  let inValue = false;
  await zip.readXml(sheet.part, {
    open(name, attributes) {
      if (name === "row") {
        cells = [];
        rowNumber = Number(attributes["r"] ?? rowNumber + 1);
      } else if (name === "c") {
        cell = {
          column: columnOf(attributes["r"]) ?? cells.length,
          type: attributes["t"] ?? "n",
          format: formats[Number(attributes["s"] ?? 0)] ?? "general",
          value: "",
        };
      } else if (name === "v" || name === "t") inValue = true;
    },
    text(piece) {
      if (inValue && cell) cell.value += piece;
    },
    close(name) {
      if (name === "v" || name === "t") inValue = false;
      else if (name === "c" && cell) {
        cells[cell.column] = cellText(cell, { strings, uses1904 });
        cell = null;
      } else if (name === "row")
        addRow(
          rowNumber,
          Array.from(cells, (text) => text ?? ""),
        );
    },
  });
}

/** Widest sheet that is read; a stray cell far to the right must not make every row long. */
const MOST_COLUMNS = 1_000;

/** Column of a cell reference: `C7` is 2. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/u.exec(reference ?? "")?.[0];
  if (letters === undefined) return undefined;
  const column =
    [...letters].reduce((value, letter) => value * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  return Math.min(column, MOST_COLUMNS);
}

function cellText(
  { type, format, value }: OpenCell,
  { strings, uses1904 }: { strings: string[]; uses1904: boolean },
): string {
  if (type === "s") return strings[Number(value)]?.trim() ?? "";
  if (type === "b") return value === "1" ? "TRUE" : "FALSE";
  if (type === "n" && value !== "") return formatCell(Number(value), { format, uses1904 });
  return value.trim();
}

/** Opens a part every `ROWS` rows and takes the first row of several texts as the names of the columns. */
function rowWriter({ sheet, builder }: SheetReading): (rowNumber: number, cells: string[]) => void {
  let header: string[] | null = null;
  let inPart = ROWS;
  return (rowNumber, cells) => {
    const filled = cells.filter((cell) => cell !== "");
    if (filled.length === 0) return;
    if (inPart >= ROWS) {
      builder.startPart({
        label: `Sheet ${sheet.name}, from row ${rowNumber}`,
        headingPath: [sheet.name],
      });
      inPart = 0;
    }
    inPart++;
    const isHeader =
      header === null && filled.length > 1 && filled.every((cell) => !/^[-\d.,%]+$/u.test(cell));
    builder.add(tableRow(cells, isHeader ? null : header));
    if (isHeader) header = cells;
  };
}
