import { z } from "zod";

import { parseJson } from "../../util/parse-json.ts";
import { readPythonFile } from "./python-files.ts";
import type { RunOutcome } from "./sandbox.ts";

const TABLE = /\.(?:csv|tsv|jsonl?|ndjson|xlsx)$/iu;

/** The table a question is about: the one it names, else the first one; null when no file is a table. */
export function tableAskedFor(question: string, fileNames: string[]): string | null {
  const tables = fileNames.filter((name) => TABLE.test(name));
  const asked = question.toLowerCase();
  return tables.find((name) => asked.includes(name.toLowerCase())) ?? tables[0] ?? null;
}

/** Python that summarises a table of the work folder; what it prints is for `tableSummary`. Columns the question names are drawn. */
export async function tableSummaryCode(table: string, question: string): Promise<string> {
  const program = await readPythonFile("summarise_table.py");
  // A text of JSON is a literal of Python too.
  return `${program.toString()}\nsummarise(${JSON.stringify(table)}, ${JSON.stringify(question)})\n`;
}

const column = z.object({
  name: z.string(),
  type: z.enum(["integer", "number", "date", "boolean", "text", "empty"]),
  missing: z.int(),
  numbers: z
    .object({
      mean: z.number(),
      deviation: z.number(),
      sum: z.number(),
      quartiles: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]),
    })
    .optional(),
  first: z.string().optional(),
  last: z.string().optional(),
  different: z.int().optional(),
  isOpenEnded: z.boolean().optional(),
  commonest: z.array(z.tuple([z.string(), z.int()])).optional(),
});
type Column = z.output<typeof column>;

const summary = z.object({
  rows: z.int(),
  columns: z.int(),
  readRows: z.int(),
  described: z.array(column),
  chart: z.string().nullable(),
});

/** What the run of `tableSummaryCode` found, as Markdown. */
export function tableSummary(table: string, { stdout, error }: RunOutcome): string {
  if (error !== null)
    return `${plain(table)} could not be summarised: ${plain(error.message || error.name)}`;
  const found = summary.safeParse(parseJson(stdout));
  if (!found.success) return `${plain(table)} could not be summarised.`;
  const { rows, columns, readRows, described, chart } = found.data;
  const numeric = described.filter(({ numbers }) => numbers !== undefined);
  return [
    `**${plain(table)}** has ${count(rows, "row")} and ${count(columns, "column")}.`,
    ...(readRows < rows ? [`The figures are those of the first ${figure(readRows)} rows.`] : []),
    ...(described.length < columns ? [`Only the first ${described.length} are described.`] : []),
    ...(described.length === 0
      ? []
      : [markdownTable(["column", "type", "missing", "values"], described.map(about))]),
    ...(numeric.length === 0
      ? []
      : [
          markdownTable(
            ["column", "mean", "std", "min", "25 %", "median", "75 %", "max", "sum"],
            numeric.map(statistics),
          ),
        ]),
    ...(chart === null ? [] : [`The chart shows: ${plain(chart)}.`]),
  ].join("\n\n");
}

function about({ name, type, missing, ...rest }: Column): string[] {
  return [plain(name), type, figure(missing), valuesOf(rest)];
}

function valuesOf({
  numbers,
  first,
  last,
  different,
  isOpenEnded,
  commonest,
}: Omit<Column, "name" | "type" | "missing">): string {
  if (numbers !== undefined)
    return `${figure(numbers.quartiles[0])} to ${figure(numbers.quartiles[4])}`;
  if (first !== undefined && last !== undefined) return `${first} to ${last}`;
  if (different === undefined) return "";
  const examples = (commonest ?? []).map(([text, times]) => `${plain(text)} (${figure(times)})`);
  return `${isOpenEnded === true ? "more than " : ""}${figure(different)} different: ${examples.join(", ")}`;
}

function statistics({ name, numbers }: Column): string[] {
  if (numbers === undefined) return [];
  const { mean, deviation, sum, quartiles } = numbers;
  return [plain(name), ...[mean, deviation, ...quartiles, sum].map(figure)];
}

function markdownTable(header: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Whole numbers in full, others to two decimals or six significant digits, whichever is more. */
function figure(value: number): string {
  const decimals = value === 0 ? 0 : Math.max(2, 5 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.min(20, decimals) });
}

function count(number: number, thing: string): string {
  return `${figure(number)} ${thing}${number === 1 ? "" : "s"}`;
}

/** Text out of a file, in one line of a table: nothing of it is Markdown. */
function plain(text: string): string {
  return text.replaceAll(/\s+/gu, " ").replaceAll(/[\\`*_[\]<>|#~]/gu, String.raw`\$&`);
}
