import { expect, test } from "vitest";

import type { RunOutcome } from "./sandbox.ts";
import { tableAskedFor, tableSummary, tableSummaryCode } from "./summarise-table.ts";

// That the code does what it should is in the contract kit: each sandbox runs it.
const OUTCOME: RunOutcome = {
  stdout: "",
  stderr: "",
  result: null,
  error: null,
  files: [],
  images: [],
  truncated: { stdout: false, stderr: false, result: false },
  leftOut: [],
  imagesLeftOut: 0,
  durationMs: 1,
};

test.each([
  ["Summarise data.csv", ["notes.txt", "other.csv", "data.csv"], "data.csv"],
  ["What is in DATA.CSV?", ["data.csv"], "data.csv"],
  ["Summarise my file", ["notes.txt", "first.tsv", "second.csv"], "first.tsv"],
  ["Summarise it", ["notes.txt", "picture.png"], null],
  ["Summarise it", [], null],
])("%s with %j is about %s", (question, files, expected) => {
  expect(tableAskedFor(question, files)).toBe(expected);
});

test("names and questions are texts in the code, whatever they hold", async () => {
  const code = await tableSummaryCode("a'\"\\.csv", "by\n\"x\"'''");
  expect(code.trimEnd().split("\n").at(-1)).toBe(
    String.raw`summarise("a'\"\\.csv", "by\n\"x\"'''")`,
  );
});

test("what cannot be read is told with Python's own words, which are no Markdown", () => {
  const error = { name: "ValueError", message: "bad *header*", traceback: null };
  expect(tableSummary("a_b.csv", { ...OUTCOME, error })).toBe(
    String.raw`a\_b.csv could not be summarised: bad \*header\*`,
  );
  expect(tableSummary("a.csv", { ...OUTCOME, stdout: "{}" })).toBe(
    "a.csv could not be summarised.",
  );
});

test("figures are those of what was read, and say so", () => {
  const numbers = {
    sum: 1234567.891,
    mean: 0.000123456,
    deviation: 12.3456,
    quartiles: [0, 1, 2, 3, 4e6],
  };
  const stdout = JSON.stringify({
    rows: 600_000,
    columns: 60,
    readRows: 500_000,
    described: [{ name: "v", type: "number", missing: 1, numbers }],
    chart: null,
  });
  expect(tableSummary("a.csv", { ...OUTCOME, stdout })).toMatchInlineSnapshot(`
    "**a.csv** has 600,000 rows and 60 columns.

    The figures are those of the first 500,000 rows.

    Only the first 1 are described.

    | column | type | missing | values |
    | --- | --- | --- | --- |
    | v | number | 1 | 0 to 4,000,000 |

    | column | mean | std | min | 25 % | median | 75 % | max | sum |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | v | 0.000123456 | 12.3456 | 0 | 1 | 2 | 3 | 4,000,000 | 1,234,567.89 |"
  `);
});
