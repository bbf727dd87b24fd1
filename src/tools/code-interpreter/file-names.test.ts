import { expect, test } from "vitest";

import { workFileNames } from "./file-names.ts";

test.each([
  [["data.csv"], ["data.csv"]],
  [
    ["a.csv", "a.csv", "A.CSV", "a (2).csv"],
    ["a.csv", "a (2).csv", "A (3).CSV", "a (2) (2).csv"],
  ],
  [
    ["../../etc/passwd", "C:\\data\\x.txt", "/abs", ".."],
    ["passwd", "x.txt", "abs", "file"],
  ],
  [
    [".hidden", "", "a\u0000b\nc.txt", "Übersicht 2026.xlsx"],
    ["hidden", "file", "abc.txt", "Übersicht 2026.xlsx"],
  ],
])("uploads %j lie in the work folder as %j", (given, expected) => {
  expect(workFileNames(given)).toEqual(expected);
});

test("long names are cut before their ending, within whole characters", () => {
  const [name = ""] = workFileNames([`${"😀".repeat(200)}.csv`]);
  expect([...name].length).toBe(150);
  expect(name.endsWith("😀.csv")).toBe(true);
});
