import { tableRow } from "./markdown.ts";
import { isOn } from "./office-xml.ts";
import { plainRow } from "./office-rows.ts";
import type { NewBlock } from "./part-builder.ts";

/** One table of a document while it is read. */
export interface TableReader {
  startRow(): void;
  /** Starts a cell and returns the list that takes its blocks. */
  startCell(): NewBlock[];
  /** Takes a property of the open row or cell. */
  property(name: string, value: string | undefined): void;
  addNote(note: NewBlock): void;
  endRow(): NewBlock[];
  /** Notes that the cells refer to: they follow the table, which they would part. */
  notes(): NewBlock[];
}

interface Cell {
  blocks: NewBlock[];
  /** Columns it covers. */
  span: number;
  /** It is the lower part of a cell merged downwards, whose text it repeats. */
  continues: boolean;
}

const WIDEST_SPAN = 200;

export function createTableReader(): TableReader {
  const notes: NewBlock[] = [];
  /** Texts that stand above, by column. */
  const above: string[] = [];
  let cells: Cell[] = [];
  let isHeaderRow = false;
  /** Column names, when a row is marked as header: every row below repeats them. */
  let header: string[] | null = null;

  function textOf({ blocks, span, continues }: Cell, column: number): string {
    notes.push(...blocks.filter(({ kind }) => kind === "note"));
    const own = blocks.filter(({ kind }) => kind !== "note").map(({ text }) => text.trim());
    const text = continues ? (above[column] ?? "") : own.filter(Boolean).join(" ");
    above.fill(text, column, column + span);
    for (let covered = above.length; covered < column + span; covered++) above.push(text);
    return text;
  }

  return {
    startRow() {
      cells = [];
      isHeaderRow = false;
    },
    startCell() {
      const cell: Cell = { blocks: [], span: 1, continues: false };
      cells.push(cell);
      return cell.blocks;
    },
    property(name, value) {
      const cell = cells.at(-1);
      if (name === "tblHeader") isHeaderRow = isOn(value);
      else if (name === "gridSpan" && cell)
        cell.span = Math.min(Math.max(Math.trunc(Number(value)) || 1, 1), WIDEST_SPAN);
      else if (name === "vMerge" && cell) cell.continues = value !== "restart";
    },
    addNote: (note) => notes.push(note),
    endRow() {
      const [only] = cells;
      // A table of one column is a frame around text, not data.
      if (only && cells.length === 1 && header === null) return only.blocks;
      let column = 0;
      const texts = cells.map((cell) => {
        const text = textOf(cell, column);
        column += cell.span;
        return text;
      });
      if (isHeaderRow && header === null) {
        header = texts;
        return [tableRow(texts, null)];
      }
      return [header?.length === texts.length ? tableRow(texts, header) : plainRow(texts)];
    },
    notes: () => notes,
  };
}
