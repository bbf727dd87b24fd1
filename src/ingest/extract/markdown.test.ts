import { describe, expect, it } from "vitest";

import { expectSound, extractInput, linesOf } from "../../testing/extracted.ts";
import { extractMarkdown } from "./markdown.ts";

async function read(text: string): Promise<string[]> {
  const document = await extractMarkdown(extractInput(Buffer.from(text)));
  expectSound(document);
  return linesOf(document);
}

describe("Markdown", () => {
  it("has headings by marks and by underlines", async () => {
    expect(
      await read("# One #\n\nTwo\n===\nText\n\nThree\n-----\n\n## C#\n\n#no heading\n"),
    ).toEqual([
      "heading: One",
      "heading: Two",
      "paragraph: Text",
      "heading: Three",
      "heading: C#",
      "paragraph: #no heading",
    ]);
  });

  it("loses its marks, but not those inside code or words", async () => {
    expect(
      await read(
        '**Bold** and *light* and `code` and [text](https://a.example "t"), snake_case, 2*3*4',
      ),
    ).toEqual(["paragraph: Bold and light and code and text, snake_case, 2*3*4"]);
    expect(await read("> Quoted\n> twice\n")).toEqual(["paragraph: Quoted\ntwice"]);
  });

  it("keeps what follows a fence that is never closed as code", async () => {
    expect(await read("```js\nconst a = 1;\n# no heading")).toEqual([
      "code: const a = 1;\n# no heading",
    ]);
  });

  it("has no heading without words", async () => {
    expect(await read("#\n\nWords\n")).toEqual(["paragraph: Words"]);
  });

  it.each<[string, string]>([
    ["a heading of blanks", `# a${" ".repeat(200_000)}b`],
    ["blanks before a row", `${" ".repeat(200_000)}| x |`],
    ["a rule that is none", `| ${"- ".repeat(100_000)}x |`],
    ["opening brackets", "[".repeat(200_000)],
    ["links that are never closed", "[a](".repeat(50_000)],
    ["stars", "**a ".repeat(50_000)],
    ["underscores", "__a ".repeat(50_000)],
    ["number signs", "# ".repeat(100_000)],
    ["fences", "```\ncode\n```\n\n".repeat(20_000)],
    ["items", "- item\n".repeat(50_000)],
  ])(
    "of nothing but %s is read about as fast as any other",
    { timeout: 5_000 },
    async (_name, text) => {
      await read(text);
    },
  );
});
