import { parse } from "csv-parse/sync";

import type { ExtractedDocument } from "../document.ts";
import { type ExtractInput, invalidFile } from "./input.ts";
import { tableRow } from "./markdown.ts";
import { createPartBuilder } from "./part-builder.ts";
import { decodeText } from "./text.ts";

const ROWS = 200;
const DELIMITERS = [",", ";", "\t", "|"];
/** The first line by which Excel is told the delimiter. */
const DECLARED_DELIMITER = /^sep=(.)\n/iu;

/** Rows as blocks that name their columns; the first row is the header. */
export async function extractCsv({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const rows = parseRows(decodeText(bytes));
  const builder = createPartBuilder();
  const [header = [], ...body] = rows;
  for (let start = 0; start < Math.max(1, body.length); start += ROWS) {
    const window = body.slice(start, start + ROWS);
    const label = window.length === 0 ? "Header" : `Rows ${start + 1}–${start + window.length}`;
    builder.startPart({ label });
    builder.add(tableRow(header, null));
    for (const row of window) builder.add(tableRow(row, header));
  }
  return { kind: "csv", title: null, parts: builder.parts() };
}

function parseRows(text: string): string[][] {
  const declared = DECLARED_DELIMITER.exec(text);
  const delimiter = declared?.[1] ?? likeliestDelimiter(text);
  try {
    return parse(text.slice(declared?.[0].length ?? 0), {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (error) {
    throw invalidFile(
      "The table could not be read: its quotes do not match. Export it again as CSV.",
      error,
    );
  }
}

function likeliestDelimiter(text: string): string {
  const [line = ""] = text.trimStart().split("\n", 1);
  const count = (delimiter: string): number => line.split(delimiter).length;
  return DELIMITERS.toSorted((left, right) => count(right) - count(left))[0] ?? ",";
}
