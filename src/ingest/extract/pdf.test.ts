import { describe, expect, it } from "vitest";

import { expectSound, extractInput, linesOf } from "../../testing/extracted.ts";
import { type PdfText, writePdf } from "../../testing/pdf-writer.ts";
import type { ExtractedDocument } from "../document.ts";
import { extractPdf } from "./pdf.ts";
import { viewOf } from "./view.ts";

async function read(bytes: Buffer): Promise<ExtractedDocument> {
  const document = await extractPdf(extractInput(bytes, "a.pdf"));
  expectSound(document);
  return document;
}

/** Lines below each other, beginning at the given place. */
const column = (texts: string[], { x, y }: { x: number; y: number }): PdfText[] =>
  texts.map((text, index) => ({ text, x, y: y - index * 12, size: 10 }));

describe("a page", () => {
  it("has headings where the type is drawn larger than the body's", async () => {
    const document = await read(
      writePdf([
        [
          { text: "Leave", x: 50, y: 790, size: 20 },
          { text: "Duration", x: 50, y: 750, size: 14 },
          ...column(["Every employee has twenty-seven days of leave,", "and takes them."], {
            x: 50,
            y: 720,
          }),
        ],
      ]),
    );
    expect(document.title).toBe("Leave");
    expect(document.parts[0]?.blocks.map(({ headingPath }) => headingPath)).toEqual([
      ["Leave"],
      ["Leave", "Duration"],
      ["Leave", "Duration"],
    ]);
  });

  it("tells viewers where its text begins and ends across the paper", async () => {
    const lines = [...column(["one"], { x: 80, y: 720 }), ...column(["three"], { x: 300, y: 700 })];
    const { outline } = viewOf(await read(writePdf([lines])));
    const [page] = outline.parts;
    expect(page?.box).toEqual([595, 842]);
    expect(page?.text?.[0]).toBeCloseTo(80, -0.5);
    expect(page?.text?.[1]).toBeGreaterThan(315);
    expect(page?.text?.[1]).toBeLessThan(340);
  });

  it("puts words together that a hyphen parts at the end of a line", async () => {
    const document = await read(
      writePdf([["The employees of the har-", "bour have well-known rights"]]),
    );
    expect(linesOf(document)).toEqual([
      "paragraph: The employees of the harbour have well-known rights",
    ]);
  });

  it("in two columns is read one column after the other", async () => {
    const left = ["The first column tells of", "the crane and of the quay."];
    const right = ["The second column tells of", "the night and of the day."];
    const document = await read(
      writePdf([[...column(left, { x: 50, y: 700 }), ...column(right, { x: 320, y: 700 })]]),
    );
    expect(linesOf(document)).toEqual([
      `paragraph: ${left.join(" ")}`,
      `paragraph: ${right.join(" ")}`,
    ]);
  });

  it("without text stays, so that the numbers of the others are right", async () => {
    const document = await read(writePdf([["One"], [], ["Three"]]));
    expect(document.parts.map(({ page, text }) => [page, text])).toEqual([
      [1, "One"],
      [2, ""],
      [3, "Three"],
    ]);
  });
});

describe("a PDF that cannot be read says why", () => {
  it.each<[string, Buffer, RegExp]>([
    ["no pages", writePdf([]), /no pages/u],
    ["no text", writePdf([[], []]), /probably a scan/u],
    ["too many pages", writePdf(Array.from({ length: 5_001 }, () => [])), /at most 5000/u],
    ["nothing but its first line", Buffer.from("%PDF-1.7\n"), /damaged/u],
  ])("%s", async (_name, bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: "invalid_file",
      message: expect.stringMatching(message),
    });
  });

  it("at whatever byte it is cut off: it fails or is read, and never hangs or breaks the engine", async () => {
    const whole = writePdf([["One line of text"], ["Another line of text"]]);
    for (let length = 1; length < whole.length; length += 97) {
      const outcome = await extractPdf(extractInput(whole.subarray(0, length))).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) expect(outcome.name).toBe("ExtractError");
      // What is left of a page is never taken for the whole document in silence.
      else expect(outcome).toMatchObject({ parts: [{ page: 1 }, { page: 2 }] });
    }
  });
});
