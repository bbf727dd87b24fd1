import { tableRow } from "./markdown.ts";
import { plainRow } from "./office-rows.ts";
import type { PartBuilder } from "./part-builder.ts";
import type { MergedRange, Sheet, SheetRow } from "./xlsx-sheet.ts";

/** Rows of one part. */
const WINDOW = 200;
/** The header stands among the first rows, below a title at most. */
const HEADER_SEARCH = 10;
const LONGEST_NAME = 100;
/** A wider table is not lined up: its rows show only the cells that have a value. */
const MOST_COLUMNS = 200;
/** Rows below a merged cell that repeat its value. */
const MOST_REPEATED = 1_000;

interface Header {
  /** Place of the row among the rows of the sheet. */
  index: number;
  /** By column. */
  names: Map<number, string>;
}

/**
 * Adds a sheet in windows of rows. Each row repeats the column names ("Country: Spain; Daily rate: 53"), so that a
 * question in the words of the header finds the cell; in a sheet without header the values stand alone.
 */
export function addSheet(builder: PartBuilder, name: string, sheet: Sheet): void {
  repeatDownwards(sheet);
  const header = findHeader(sheet);
  const columns = usedColumns(sheet.rows);
  for (let start = 0; start < sheet.rows.length; start += WINDOW) {
    const rows = sheet.rows.slice(start, start + WINDOW);
    builder.startPart({ label: `Sheet ${name}, ${rangeOf(rows)}`, headingPath: [name] });
    // Every window shows the header; the first one in its own place.
    if (header && header.index < start) addHeader(builder, header, columns);
    for (const [offset, row] of rows.entries()) {
      if (header?.index === start + offset) addHeader(builder, header, columns);
      else if (header && header.index < start + offset)
        addNamedRow(builder, row, { header, columns });
      else builder.add(plainRow(row.texts));
    }
  }
}

function rangeOf(rows: SheetRow[]): string {
  const first = rows[0]?.number;
  const last = rows.at(-1)?.number;
  return first === last ? `row ${first}` : `rows ${first}–${last}`;
}

function addHeader(builder: PartBuilder, { names }: Header, columns: number[] | null): void {
  const cells = columns?.map((column) => names.get(column) ?? "");
  builder.add(tableRow(cells ?? [...names.values()], null));
}

function addNamedRow(
  builder: PartBuilder,
  row: SheetRow,
  { header, columns }: { header: Header; columns: number[] | null },
): void {
  const shown = columns ?? row.columns;
  const cells = columns ? alignCells(row, columns) : row.texts;
  builder.add(
    tableRow(
      cells,
      shown.map((column) => header.names.get(column) ?? ""),
    ),
  );
}

function alignCells(row: SheetRow, columns: number[]): string[] {
  let at = 0;
  return columns.map((column) => (row.columns[at] === column ? (row.texts[at++] ?? "") : ""));
}

/** The columns that have a value anywhere, rising; null when there are too many to be lined up. */
function usedColumns(rows: SheetRow[]): number[] | null {
  const used = new Set<number>();
  for (const row of rows) {
    for (const column of row.columns) used.add(column);
    if (used.size > MOST_COLUMNS) return null;
  }
  return [...used].toSorted((left, right) => left - right);
}

/** The first row with several values, when they look like names of columns and rows follow. */
function findHeader({ rows, merged }: Sheet): Header | null {
  const index = rows.slice(0, HEADER_SEARCH).findIndex((row) => row.columns.length > 1);
  const row = rows[index];
  if (!row || index === rows.length - 1 || !row.texts.every(isName) || !row.texts.some(hasLetter))
    return null;
  const names = new Map(row.columns.map((column, at) => [column, row.texts[at] ?? ""]));
  for (const range of merged) {
    const name = names.get(range.firstColumn);
    if (range.firstRow !== row.number || name === undefined) continue;
    const last = Math.min(range.lastColumn, range.firstColumn + MOST_COLUMNS);
    for (let column = range.firstColumn + 1; column <= last; column++) {
      if (!names.has(column)) names.set(column, name);
    }
  }
  return { index, names };
}

/** Words, or a year; not a value. */
function isName(text: string): boolean {
  if (text.length > LONGEST_NAME || text === "TRUE" || text === "FALSE") return false;
  return /^(?:19|20)\d\d$/u.test(text) || (hasLetter(text) && !/^\d{4}-\d\d-\d\d/u.test(text));
}

function hasLetter(text: string): boolean {
  return /\p{L}/u.test(text);
}

/** A cell merged over several rows means its value for each of them. */
function repeatDownwards({ rows, merged }: Sheet): void {
  const tall = merged.filter(({ firstRow, lastRow }) => lastRow > firstRow);
  if (tall.length === 0) return;
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  for (const range of tall) repeatRange(range, byNumber);
}

function repeatRange(
  { firstRow, lastRow, firstColumn }: MergedRange,
  rows: Map<number, SheetRow>,
): void {
  const first = rows.get(firstRow);
  const text = first?.texts[first.columns.indexOf(firstColumn)];
  if (text === undefined) return;
  for (let number = firstRow + 1; number <= Math.min(lastRow, firstRow + MOST_REPEATED); number++) {
    const row = rows.get(number);
    if (!row || row.columns.includes(firstColumn)) continue;
    const place = row.columns.filter((column) => column < firstColumn).length;
    row.columns.splice(place, 0, firstColumn);
    row.texts.splice(place, 0, text);
  }
}
