import { describe, expect, it } from "vitest";

import { chunkDocument, joinPassages } from "./chunk.ts";
import type { Block, DocumentPart, ExtractedDocument } from "./document.ts";
import { countTokens } from "./tokens.ts";

/** A one-part document whose blocks are the given paragraphs; "# x" is a heading. */
function documentOf(paragraphs: string[]): ExtractedDocument {
  let text = "";
  let headingPath: string[] = [];
  const blocks: Block[] = paragraphs.map((paragraph, index) => {
    const isHeading = paragraph.startsWith("# ");
    if (isHeading) headingPath = [paragraph.slice(2)];
    const start = text.length;
    text += `${paragraph}\n\n`;
    return {
      id: `b${index}`,
      kind: isHeading ? "heading" : "paragraph",
      start,
      end: start + paragraph.length,
      headingPath,
    };
  });
  return { kind: "text", title: null, parts: [{ label: "Lines 1–9", page: null, text, blocks }] };
}

const sentence = (index: number): string =>
  `Rule ${index} says that parcel ${index * 7} leaves the harbour before ${index % 24} o'clock.`;
const longText = (count: number): string =>
  Array.from({ length: count }, (_, index) => sentence(index)).join(" ");
const squash = (text: string): string => text.replaceAll(/\s+/gu, " ").trim();

describe("chunkDocument", () => {
  it.each([
    { maxChunkSizeTokens: 800, chunkOverlapTokens: 400 },
    { maxChunkSizeTokens: 100, chunkOverlapTokens: 50 },
    { maxChunkSizeTokens: 100, chunkOverlapTokens: 0 },
    { maxChunkSizeTokens: 4096, chunkOverlapTokens: 2048 },
    { maxChunkSizeTokens: 300, chunkOverlapTokens: 7 },
  ])(
    "keeps every chunk within $maxChunkSizeTokens tokens and overlaps at most $chunkOverlapTokens",
    (strategy) => {
      const { passages, chunks } = chunkDocument(
        documentOf([longText(400), "# Heading", longText(90)]),
        strategy,
      );
      expect(chunks.length).toBeGreaterThan(2);
      for (const chunk of chunks) {
        const text = joinPassages(passages.slice(chunk.firstPassage, chunk.lastPassage + 1));
        expect(countTokens(text)).toBe(chunk.tokens);
        expect(chunk.tokens).toBeLessThanOrEqual(strategy.maxChunkSizeTokens);
      }
      chunks.slice(1).forEach((chunk, index) => {
        const before = chunks[index];
        const shared = passages.slice(chunk.firstPassage, (before?.lastPassage ?? -1) + 1);
        expect(chunk.firstPassage).toBeGreaterThan(before?.firstPassage ?? -1);
        if (shared.length > 0)
          expect(countTokens(joinPassages(shared))).toBeLessThanOrEqual(
            strategy.chunkOverlapTokens,
          );
      });
    },
  );

  it("overlaps neighbours by nearly the asked number of tokens", () => {
    const { passages, chunks } = chunkDocument(documentOf([longText(600)]), {
      maxChunkSizeTokens: 800,
      chunkOverlapTokens: 400,
    });
    const [first, second] = chunks;
    const shared = joinPassages(
      passages.slice(second?.firstPassage, (first?.lastPassage ?? 0) + 1),
    );
    expect(countTokens(shared)).toBeGreaterThan(200);
  });

  it("loses and repeats nothing: the passages are the document", () => {
    const document = documentOf([
      longText(50),
      "# Leave",
      "Twenty days.",
      longText(30),
      "x".repeat(30_000),
      "東京".repeat(4_000),
    ]);
    const { passages, chunks } = chunkDocument(document, {
      maxChunkSizeTokens: 200,
      chunkOverlapTokens: 100,
    });
    const whole = (document.parts[0] as DocumentPart).text;
    expect(
      passages
        .map((passage) => passage.text)
        .join("")
        .replaceAll(/\s/gu, ""),
    ).toBe(whole.replaceAll(/\s/gu, ""));
    expect(chunks[0]?.firstPassage).toBe(0);
    expect(chunks.at(-1)?.lastPassage).toBe(passages.length - 1);
  });

  it("cuts at sentences when it can", () => {
    const { passages } = chunkDocument(documentOf([longText(60)]), {
      maxChunkSizeTokens: 800,
      chunkOverlapTokens: 400,
    });
    for (const passage of passages) expect(passage.text).toMatch(/^Rule .*o'clock\.$/su);
  });

  it("starts a passage at each heading and names the headings above it", () => {
    const { passages } = chunkDocument(
      documentOf(["# Leave", longText(5), "# Travel", longText(5)]),
      {
        maxChunkSizeTokens: 800,
        chunkOverlapTokens: 400,
      },
    );
    expect(passages.map(({ headingPath, text }) => [headingPath, text.split("\n")[0]])).toEqual([
      [["Leave"], "# Leave"],
      [["Travel"], "# Travel"],
    ]);
  });

  it("anchors a passage by block id and offset, so that the blocks give its words back", () => {
    const document = documentOf([longText(3), longText(80)]);
    const part = document.parts[0] as DocumentPart;
    const { passages } = chunkDocument(document, {
      maxChunkSizeTokens: 800,
      chunkOverlapTokens: 400,
    });
    for (const { anchor, text } of passages) {
      if (anchor.kind !== "view") throw new Error("a text document has view anchors");
      const at = ({ id, offset }: { id: string; offset: number }): number =>
        (part.blocks.find((block) => block.id === id)?.start ?? Number.NaN) + offset;
      expect(part.text.slice(at(anchor.start), at(anchor.end))).toBe(text);
      expect(text.startsWith(anchor.quote)).toBe(true);
    }
  });

  it("anchors a PDF passage by one rectangle a line on its page", () => {
    const text = "Annual leave is\ntwenty days.";
    const words = [
      [0, 6, 0, 72, 700, 110, 712],
      [7, 12, 7, 114, 700, 140, 712],
      [13, 15, 13, 144, 700, 152, 712],
      [16, 22, 17, 72, 684, 108, 696],
      [23, 28, 24, 112, 684, 140, 696],
    ];
    const { passages } = chunkDocument(
      {
        kind: "pdf",
        title: null,
        parts: [
          {
            label: "Page 1",
            page: 1,
            text,
            blocks: [{ id: "b0", kind: "paragraph", start: 0, end: text.length, headingPath: [] }],
            geometry: { box: [595, 842], words: Float64Array.from(words.flat()) },
          },
        ],
      },
      { maxChunkSizeTokens: 800, chunkOverlapTokens: 400 },
    );
    expect(passages[0]?.anchor).toEqual({
      kind: "pdf",
      regions: [
        {
          page: 1,
          box: [595, 842],
          rects: [
            [72, 700, 152, 712],
            [72, 684, 140, 696],
          ],
          chars: [0, 29],
        },
      ],
    });
  });

  it("joins passages back into the text they were cut from", () => {
    const document = documentOf([longText(30), "# Travel", longText(30)]);
    const { passages } = chunkDocument(document, {
      maxChunkSizeTokens: 100,
      chunkOverlapTokens: 0,
    });
    expect(squash(joinPassages(passages))).toBe(squash((document.parts[0] as DocumentPart).text));
    expect(passages.find((passage) => passage.text.startsWith("# Travel"))?.joiner).toBe("\n\n");
  });

  it("makes nothing of a document without text", () => {
    expect(
      chunkDocument(documentOf([]), { maxChunkSizeTokens: 800, chunkOverlapTokens: 400 }),
    ).toMatchObject({
      passages: [],
      chunks: [],
    });
  });
});
