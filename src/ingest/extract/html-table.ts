import { tableRow } from "./markdown.ts";
import { plainRow } from "./office-rows.ts";
import type { NewBlock } from "./part-builder.ts";

/** The tables of a page, which may stand inside each other, and the cell that is open. */
export interface TablesReader {
  /** Takes the start of a table, row or cell; other names are passed over. */
  open(name: string, attributes: Record<string, string>): void;
  close(name: string): void;
  isInCell(): boolean;
  /** Adds text to the open cell; a line end parts its paragraphs. */
  write(text: string): void;
  /** The open row turns out to be there for the layout: what was gathered becomes paragraphs. */
  dissolveRow(): void;
  /** Ends every table that is open. */
  end(): void;
}

export function createTablesReader(emit: (block: NewBlock) => void): TablesReader {
  const tables: TableReader[] = [];
  const endRow = (): void => tables.at(-1)?.endRow().forEach(emit);
  const endTable = (): void => {
    endRow();
    tables.pop();
  };
  return {
    open(name, attributes) {
      if (name === "table") tables.push(createTableReader());
      else if (name === "tr") {
        endRow();
        tables.at(-1)?.startRow();
      } else if (name === "td" || name === "th") {
        tables.at(-1)?.startCell({
          isHeader: name === "th",
          columns: numberOf(attributes["colspan"], 1),
          rows: numberOf(attributes["rowspan"], 1),
        });
      }
    },
    close(name) {
      if (name === "tr") endRow();
      else if (name === "table") endTable();
    },
    isInCell: () => tables.at(-1)?.isInCell() ?? false,
    write: (text) => tables.at(-1)?.write(text),
    dissolveRow: () => tables.at(-1)?.dissolveRow().forEach(emit),
    end() {
      while (tables.length > 0) endTable();
    },
  };
}

/** Gathers the cells of one table and makes its rows. */
interface TableReader {
  startRow(): void;
  startCell(options: { isHeader: boolean; columns: number; rows: number }): void;
  write(text: string): void;
  isInCell(): boolean;
  /** Ends the open row, if any: a row of data is one block, a row of one cell is its paragraphs. */
  endRow(): NewBlock[];
  /** What was gathered for the open row, as paragraphs: the table turned out to be there for the layout. */
  dissolveRow(): NewBlock[];
}

interface Cell {
  text: string;
  isHeader: boolean;
  columns: number;
  rows: number;
}

const WIDEST_SPAN = 100;
const TALLEST_SPAN = 1_000;

function createTableReader(): TableReader {
  let cells: Cell[] | null = null;
  let header: string[] | null = null;
  /** By column: text of a cell that reaches down into the next rows, and how many. */
  const reaching = new Map<number, { text: string; rows: number }>();

  /** Texts by column; a cell over several rows is repeated in each, one over several columns stands in the first. */
  function alignCells(row: Cell[]): string[] {
    const texts: string[] = [];
    const takeFromAbove = (): void => {
      for (;;) {
        const above = reaching.get(texts.length);
        if (!above) return;
        if (--above.rows === 0) reaching.delete(texts.length);
        texts.push(above.text);
      }
    };
    for (const { text: paragraphs, columns, rows } of row) {
      const text = oneLine(paragraphs);
      takeFromAbove();
      if (rows > 1) reaching.set(texts.length, { text, rows: rows - 1 });
      texts.push(text);
      for (let covered = 1; covered < columns; covered++) texts.push("");
    }
    takeFromAbove();
    return texts;
  }

  return {
    startRow() {
      cells = [];
    },
    startCell({ isHeader, columns, rows }) {
      cells ??= [];
      cells.push({
        text: "",
        isHeader,
        columns: Math.min(Math.max(columns, 1), WIDEST_SPAN),
        rows: Math.min(Math.max(rows, 1), TALLEST_SPAN),
      });
    },
    write(text) {
      const cell = cells?.at(-1);
      if (cell) cell.text += text;
    },
    isInCell: () => cells !== null && cells.length > 0,
    endRow() {
      const row = cells ?? [];
      cells = null;
      const isHeader = row.every((cell) => cell.isHeader) && row.length > 1;
      const texts = alignCells(row);
      if (texts.length < 2) return paragraphsOf(row);
      if (isHeader && header === null) {
        header = texts;
        return [tableRow(texts, null)];
      }
      const isAligned = header?.length === texts.length && row.every((cell) => cell.columns === 1);
      return [isAligned ? tableRow(texts, header) : plainRow(texts)];
    },
    dissolveRow() {
      const row = cells ?? [];
      cells = null;
      return paragraphsOf(row);
    },
  };
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/gu, " ");
}

function paragraphsOf(cells: Cell[]): NewBlock[] {
  return cells
    .flatMap(({ text }) => text.split("\n"))
    .map((line) => ({ kind: "paragraph", text: oneLine(line) }));
}

/** The integer an attribute holds, or `fallback`. */
export function numberOf(value: string | undefined, fallback: number): number {
  const number = Number.parseInt(value ?? "", 10);
  return Number.isSafeInteger(number) ? number : fallback;
}
