import { expect, test } from "vitest";

import type { InterpreterOutcome } from "./code-interpreter.ts";
import { codeArguments, codeTool, outcomeText } from "./tool.ts";

const OUTCOME: InterpreterOutcome = {
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
  isFresh: false,
};

function descriptionWith(libraries: Record<string, string>, fileNames: string[]): string {
  const report = {
    works: true as const,
    python: "3.11.2",
    libraries,
    capabilities: { kernelIsolation: true, subprocesses: true, memoryWatch: true },
    walls: [],
    weaknesses: [],
  };
  const status = { state: "ready" as const, sandbox: "python" as const, report, passedOver: [] };
  return codeTool(status, { fileNames }).description;
}

test("a model is told which libraries and files are there", () => {
  const description = descriptionWith({ pandas: "1.5.3", matplotlib: "3.6.3" }, ['a "b".csv']);
  expect(description).toContain("there are pandas, matplotlib.");
  expect(description).toContain(String.raw`/mnt/data: "a \"b\".csv".`);
  expect(description).toContain("Figures are shown");
});

test("a model is told when there is the standard library only, and no file", () => {
  const description = descriptionWith({}, []);
  expect(description).toContain("no numpy, pandas or matplotlib");
  expect(description).toContain("is empty");
  expect(description).not.toContain("Figures");
});

test("arguments without code are refused", () => {
  expect(codeArguments.safeParse({}).success).toBe(false);
  expect(codeArguments.safeParse({ code: "x".repeat(100_001) }).success).toBe(false);
});

test("a run is told part by part, and what was left out", () => {
  const text = outcomeText({
    ...OUTCOME,
    stdout: "printed\n",
    stderr: "warned\n",
    result: "42",
    files: [{ name: "out.csv", bytes: new Uint8Array(3), mediaType: "text/csv" }],
    images: [new Uint8Array(1)],
    truncated: { stdout: true, stderr: false, result: false },
    leftOut: ["large.bin"],
    imagesLeftOut: 2,
  });
  expect(text).toBe(
    [
      "Files for the user: out.csv (3 bytes)",
      "Files that are too many or too large to be given: large.bin",
      "Figures shown to the user: 1",
      "Figures that are too many or too large to be shown: 2",
      "Result:\n42",
      "Errors and warnings:\nwarned",
      "Output (only its beginning):\nprinted",
    ].join("\n\n"),
  );
});

test("an exception is told by its traceback, or by the limit that was met", () => {
  const error = { name: "KeyError", message: "'x'", traceback: "Traceback …\nKeyError: 'x'\n" };
  expect(outcomeText({ ...OUTCOME, error })).toBe("Exception:\nTraceback …\nKeyError: 'x'");
  const limit = { name: "TimeoutError", message: "stopped after 60 s", traceback: null };
  expect(outcomeText({ ...OUTCOME, error: limit, isFresh: true })).toMatch(
    /^A new session[^\n]+\n\nException:\nTimeoutError: stopped after 60 s$/u,
  );
});

test("silence is told too", () => {
  expect(outcomeText(OUTCOME)).toBe("The code ran and printed nothing.");
});
