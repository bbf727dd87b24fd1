import { describe, expect, it } from "vitest";

import { expectSound } from "../../testing/extracted.ts";
import { createPartBuilder, type NewBlock } from "./part-builder.ts";

function partsOf(...blocks: NewBlock[]) {
  const builder = createPartBuilder();
  builder.startPart({ label: "Slide 7", page: 7 });
  for (const block of blocks) builder.add(block);
  const parts = builder.parts();
  expectSound({ kind: "text", title: null, parts });
  return parts;
}

const wordsIn = (parts: { text: string }[]): string[] =>
  parts.flatMap(({ text }) => text.split(/\s+/u)).filter(Boolean);

describe("a part", () => {
  it("ends at 64 KiB of HTML and goes on in the next, on the same page", () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `<${index}>`);
    const blocks = words.map((text): NewBlock => ({ kind: "paragraph", text: text.repeat(10) }));
    const parts = partsOf(...blocks);
    expect(parts.length).toBeGreaterThan(2);
    expect(new Set(parts.slice(1).map(({ label }) => label))).toEqual(
      new Set(["Slide 7 (continued)"]),
    );
    expect(parts.every(({ page }) => page === 7)).toBe(true);
    expect(wordsIn(parts)).toHaveLength(words.length);
  });
});

describe("a block that is too long", () => {
  it("is cut between lines, else between words, and loses none", () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `w${index}`);
    expect(wordsIn(partsOf({ kind: "paragraph", text: words.join(" ") }))).toEqual(words);
    const lines = words.join("\n").replaceAll(/(?<=7)\n/gu, " ");
    for (const { text, blocks } of partsOf({ kind: "code", text: lines }))
      for (const { end } of blocks) expect(text.slice(0, end)).not.toMatch(/7$/u);
  });

  it("without any blank is cut anywhere but inside a character", () => {
    const text = `x${"😀".repeat(40_000)}`;
    const parts = partsOf({ kind: "code", text });
    const pieces = parts.flatMap((part) => part.blocks.map((b) => part.text.slice(b.start, b.end)));
    expect(pieces.join("")).toBe(text);
    for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
  });

  it("of nothing but characters that HTML escapes still fits", () => {
    expect(wordsIn(partsOf({ kind: "code", text: '"'.repeat(100_000) })).join("")).toHaveLength(
      100_000,
    );
  });

  it("in its HTML is shown as text: a row of countless empty cells", () => {
    const html = `<td>${"</td><td>".repeat(20_000)}cell</td>`;
    const [part] = partsOf({ kind: "table-row", text: "cell", html });
    expect(part?.html).toContain("<td>cell</td>");
  });
});

it("code keeps the indentation of its first line, other text does not", () => {
  const [code] = partsOf({ kind: "code", text: "\n    return 1;\n" });
  expect(code?.text).toBe("    return 1;\n\n");
  const [paragraph] = partsOf({ kind: "paragraph", text: "\n    Words.\n" });
  expect(paragraph?.text).toBe("Words.\n\n");
});
