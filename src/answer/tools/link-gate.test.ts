import fc from "fast-check";
import { describe, expect, it, test } from "vitest";

import { createLinkGate, linksFor } from "./link-gate.ts";

const FILES = [file("chart.png", "image/png", "file-1"), file("my data.csv", "text/csv", "file-2")];

function file(filename: string, media_type: string, file_id: string) {
  return { filename, media_type, file_id, bytes: 1, url: `/openai/v1/files/${file_id}/content` };
}

function through(pieces: string[]): string[] {
  const gate = createLinkGate(() => FILES);
  return [...pieces.map((piece) => gate.push(piece)), gate.end()];
}

describe("a link in an answer", () => {
  it.each([
    ["![c](sandbox:/mnt/data/chart.png)", "![c](/openai/v1/files/file-1/content)"],
    ["[c](/mnt/data/chart.png), so", "[c](/openai/v1/files/file-1/content), so"],
    ["[c](chart.png)", "[c](/openai/v1/files/file-1/content)"],
    ["[d](sandbox:/mnt/data/my%20data.csv)", "[d](/openai/v1/files/file-2/content)"],
    ["[d](sandbox:/mnt/data/my data.csv)", "[d](/openai/v1/files/file-2/content)"],
    ["[x](sandbox:/mnt/data/other.csv)", "[x](sandbox:/mnt/data/other.csv)"],
    ["[x](https://example.com/chart.png)", "[x](https://example.com/chart.png)"],
    ["[x](never closed", "[x](never closed"],
    ["[x](two\nlines)", "[x](two\nlines)"],
    ["[x](%zz)", "[x](%zz)"],
  ])("that is %s becomes %s, however it is cut", (text, shown) => {
    expect(through([text]).join("")).toBe(shown);
    expect(through([...text]).join("")).toBe(shown);
  });

  it("does not cut a marker in two", () => {
    expect(through(["27 days [doc1]", "."])).toEqual(["27 days ", "[doc1].", ""]);
  });
});

test("whatever is written comes out whole, however it is cut", () => {
  const piece = fc.constantFrom("](", ")", "[", "]", "a", "\n", "sandbox:", "x".repeat(301));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      return through(pieces).join("") === pieces.join("");
    }),
  );
});

test("files that the answer does not name are linked behind it, and figures shown", () => {
  expect(linksFor(FILES, "")).toBe(
    "![chart.png](/openai/v1/files/file-1/content)\n\n[my data.csv](/openai/v1/files/file-2/content)",
  );
  expect(linksFor(FILES, "See ![c](/openai/v1/files/file-1/content).")).toBe(
    "[my data.csv](/openai/v1/files/file-2/content)",
  );
});
