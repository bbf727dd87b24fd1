import { describe, expect, it } from "vitest";

import { expectSound, extractInput } from "../../testing/extracted.ts";
import type { ExtractedDocument } from "../document.ts";
import { extractCsv } from "./csv.ts";
import { extractJson } from "./json.ts";
import { extractCode, extractText } from "./text.ts";

const csv = (text: string): Promise<ExtractedDocument> =>
  extractCsv(extractInput(Buffer.from(text)));
const json = (text: string): Promise<ExtractedDocument> =>
  extractJson(extractInput(Buffer.from(text)));

describe("CSV", () => {
  it("obeys the line that tells Excel its delimiter", async () => {
    const { parts } = await csv("sep=;\nCountry;Rate\nSpain, south;53\n");
    expect(parts[0]?.text).toBe("Country | Rate\nCountry: Spain, south; Rate: 53\n");
  });

  it("of a header alone is read", async () => {
    expect((await csv("Country;Rate\n")).parts.map(({ label }) => label)).toEqual(["Header"]);
  });

  it("comes in windows of 200 rows, fewer when they are wide", async () => {
    const narrow = await csv(`a,b\n${"1,2\n".repeat(450)}`);
    expect(narrow.parts.map(({ label }) => label)).toEqual([
      "Rows 1–200",
      "Rows 201–400",
      "Rows 401–450",
    ]);
    const columns = Array.from({ length: 300 }, (_, index) => `column ${index}`).join(",");
    const wide = await csv(`${columns}\n`.repeat(100));
    expect(wide.parts.length).toBeGreaterThan(5);
    expectSound(wide);
  });
});

describe("JSON", () => {
  it("lines are values of their own, also when there is only one", async () => {
    expect((await json('{"a":1}\n{"a":2}\n')).parts[0]?.text).toBe("0 › a: 1\n\n1 › a: 2\n\n");
    expect((await json('{"a":1}\n')).parts[0]?.text).toBe("a: 1\n\n");
  });

  it("lines name the one that is wrong", async () => {
    await expect(json('{"a":1}\n\n{oops\n')).rejects.toThrow(/^Line 3 /u);
  });

  it("of one object with a great many values stays in parts that can be shown", async () => {
    const entries = Array.from({ length: 50_000 }, (_, index) => [`key${index}`, `"${index}"`]);
    const document = await json(JSON.stringify(Object.fromEntries(entries)));
    expectSound(document);
    expect(document.parts.length).toBeGreaterThan(10);
  });

  it("nested without end is refused", async () => {
    await expect(json("[".repeat(100_000) + "]".repeat(100_000))).rejects.toThrow(/nested/u);
  });
});

describe("lines", () => {
  it("of program text are found again in its view, on one line or many", async () => {
    const source = "function f() {\n  return 1;\n}\n\n\n  indented();\n";
    const document = await extractCode(extractInput(Buffer.from(source), "/home/me/f.ts"));
    expectSound(document);
    expect(document.title).toBe("f.ts");
    expect(document.parts[0]?.text).toBe("function f() {\n  return 1;\n}\n\n  indented();\n\n");
    expect(document.parts[0]?.html).toMatch(
      /<pre id="b0" data-line="1">.+<pre id="b1" data-line="6">/su,
    );
    expectSound(await extractCode(extractInput(Buffer.from("var a=1;".repeat(100_000)), "min.js")));
  });

  it("of text never become HTML", async () => {
    const text = '<script>alert(1)</script>\n\n<p id="b0">x';
    const document = await extractText(extractInput(Buffer.from(text)));
    expectSound(document);
    expect(document.parts[0]?.html).not.toContain("<script");
  });
});
