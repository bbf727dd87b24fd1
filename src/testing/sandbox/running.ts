import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { RunOutcome, SandboxSession } from "../../tools/code-interpreter/sandbox.ts";
import { tableSummary, tableSummaryCode } from "../../tools/code-interpreter/summarise-table.ts";
import { NEVER, type SandboxStand, START_MS, textOf } from "./stand.ts";

const TABLE_SUMMARY = String.raw`**table.csv** has 3 rows and 5 columns.

| column | type | missing | values |
| --- | --- | --- | --- |
| id | integer | 0 | 1 to 3 |
| day | date | 0 | 2026-01-01 to 2026-01-03 |
| region | text | 0 | 2 different: North (2), South \| \<b\> (1) |
| amount | number | 1 | 10.5 to 20 |
| code | text | 0 | 3 different: 007 (1), 008 (1), 009 (1) |

| column | mean | std | min | 25 % | median | 75 % | max | sum |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| id | 2 | 1 | 1 | 1.5 | 2 | 2.5 | 3 | 6 |
| amount | 15.25 | 6.71751 | 10.5 | 12.875 | 15.25 | 17.625 | 20 | 30.5 |

The chart shows: Mean amount by region.`;

/** What code gives, and what of it comes out. */
export function testRunning({ open, closeAll, report, libraries }: SandboxStand): void {
  describe("runs code", () => {
    let session: SandboxSession;
    beforeAll(async () => {
      const given = [
        { name: "data.csv", bytes: Buffer.from("a,b\n1,2\n") },
        { name: "folder/ü.txt", bytes: Buffer.from("in a folder") },
      ];
      session = await open({ outputBytes: 2_000 }, given);
    }, START_MS);
    afterAll(closeAll);
    const run = (code: string): Promise<RunOutcome> => session.run(code, NEVER);

    it("gives what is printed and what the last expression is", async () => {
      const outcome = await run(
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\n[1, 'é']",
      );
      expect(outcome).toMatchObject({ stdout: "out\n", stderr: "err\n", result: "[1, 'é']" });
      expect(outcome.error).toBeNull();
      expect(outcome.truncated).toEqual({ stdout: false, stderr: false, result: false });
    });

    it("gives no result for statements and for None", async () => {
      expect((await run("x = 1")).result).toBeNull();
      expect((await run("None")).result).toBeNull();
      expect((await run("")).result).toBeNull();
    });

    it("keeps variables, functions and imports from run to run", async () => {
      await run("import math\nkept = 41\ndef add(n): return kept + n");
      expect((await run("add(1), math.floor(2.5)")).result).toBe("(42, 2)");
    });

    it("tells exceptions by name and message, with a traceback that shows the code alone", async () => {
      const { error } = await run("import json\ndef f():\n    json.loads('{')\nf()");
      expect(error).toMatchObject({ name: "JSONDecodeError" });
      expect(error?.message).toMatch(/^Expecting property name/u);
      expect(error?.traceback).toContain("json.loads('{')");
      expect(error?.traceback).toContain('File "json/__init__.py"');
      expect(error?.traceback).not.toMatch(/runner|File "\//u);
    });

    it("tells a syntax error, and goes on", async () => {
      expect((await run("for")).error?.name).toBe("SyntaxError");
      expect((await run("1 + 1")).result).toBe("2");
    });

    it("survives code that exits", async () => {
      expect((await run("import sys; sys.exit()")).error).toBeNull();
      expect((await run("raise SystemExit('gone')")).error).toMatchObject({
        name: "SystemExit",
        message: "gone",
      });
      expect((await run("kept_after_exit = 1; kept_after_exit")).result).toBe("1");
    });

    it("survives objects that refuse to be written", async () => {
      const code =
        "class Bad(Exception):\n  def __repr__(self): raise self\n  __str__ = __repr__\n";
      expect((await run(`${code}Bad()`)).error?.name).toBe("Bad");
      expect((await run(`${code}raise Bad()`)).error?.name).toBe("Bad");
    });

    it("has given files in the folder the code starts in", async () => {
      const outcome = await run("open('data.csv').read(), open('folder/ü.txt').read()");
      expect(outcome.result).toBe(String.raw`('a,b\n1,2\n', 'in a folder')`);
      expect((await run("import os; os.getcwd()")).result).toBe("'/mnt/data'");
      expect(outcome.files).toEqual([]);
    });

    it("hands over new and changed files once, with their media types", async () => {
      const outcome = await run(
        "import os\nos.makedirs('sub', exist_ok=True)\nopen('sub/new.json', 'w').write('{}')\nopen('data.csv', 'a').write('3,4\\n')\nos.chdir('/tmp')",
      );
      expect(outcome.files.map(({ bytes, ...rest }) => [rest, textOf(bytes)])).toEqual([
        [{ name: "data.csv", mediaType: "text/csv" }, "a,b\n1,2\n3,4\n"],
        [{ name: "sub/new.json", mediaType: "application/json" }, "{}"],
      ]);
      expect((await run("os.chdir('/mnt/data')")).files).toEqual([]);
    });

    it("cuts long output and results within whole characters, and says so", async () => {
      const outcome = await run("print('x' + 'é' * 5000)\n'y' + 'é' * 5000");
      expect(outcome.stdout).toBe(`x${"é".repeat(999)}`);
      expect(outcome.result).toBe(`'y${"é".repeat(999)}`);
      expect(outcome.truncated).toEqual({ stdout: true, stderr: false, result: true });
    });

    it("gives figures as PNG without being asked to, shown ones and others", async ({ skip }) => {
      if (report().libraries["matplotlib"] === undefined) skip("this sandbox has no matplotlib");
      const outcome = await run(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nplt.plot([2, 1])",
      );
      expect(outcome.stderr).toBe("");
      expect(outcome.images.map((image) => textOf(image.subarray(1, 4)))).toEqual(["PNG", "PNG"]);
      expect((await run("1")).images).toEqual([]);
    });

    it("summarises a table, with a chart of the columns that the question names", async () => {
      const table = [
        "id,day,region,amount,code",
        "1,2026-01-01,North,10.5,007",
        "2,2026-01-02,South | <b>,20,008",
        "3,2026-01-03,North,,009",
      ].join("\n");
      await run(`open('table.csv', 'w').write(${JSON.stringify(table)})`);
      const outcome = await run(await tableSummaryCode("table.csv", "amount by region"));
      expect(tableSummary("table.csv", outcome)).toBe(TABLE_SUMMARY);
      const charts = [...outcome.images, ...outcome.files.map(({ name: file }) => file)];
      expect(charts).toEqual(
        libraries.includes("matplotlib") ? [expect.anything()] : ["chart.svg"],
      );
    });

    it("says clearly that a package is missing", async () => {
      const { error } = await run("import nosuchpackage");
      expect(error).toMatchObject({
        name: "ModuleNotFoundError",
        message: "No module named 'nosuchpackage'",
      });
    });

    it("is not impressed by streams that the code has closed", async () => {
      const outcome = await run("import os, sys\nos.close(1)\nsys.stdout = None\n'still'");
      expect(outcome.result).toBe("'still'");
    });
  });
}
