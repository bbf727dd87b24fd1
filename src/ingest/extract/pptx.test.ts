import { describe, expect, test } from "vitest";

import { expectSound, extractInput, fixture, linesOf } from "../../testing/extracted.ts";
import { docxOf, pptxOf, slideShape, wordParagraph } from "../../testing/office-writer.ts";
import { extractBytes } from "./formats.ts";
import { extractPptx } from "./pptx.ts";

describe("a presentation", () => {
  test("written by a real library is read slide by slide, in the order shown, without hidden slides", async () => {
    const document = await extractBytes(await fixture("quarterly-review.pptx"));
    expectSound(document);
    expect(document.kind).toBe("pptx");
    expect(document.title).toBe("Quarterly review");
    expect(document.parts.map(({ label, page }) => [label, page])).toEqual([
      ["Slide 1", 1],
      ["Slide 2", 2],
      ["Slide 3", 3],
    ]);
    expect(linesOf(document)).toEqual([
      "heading: Quarterly review",
      "paragraph: Third quarter 2026",
      "heading: Regions",
      "table-row: Region | Orders",
      "table-row: Region: North; Orders: 120",
      "table-row: Region: South; Orders: 95",
      "heading: Results",
      "list-item: Revenue grew by 12 %",
      "list-item: Umsätze in München stiegen",
      "note: Mention the delayed order from 大阪.",
    ]);
    expect(document.parts[2]?.blocks.map(({ headingPath }) => headingPath)).toEqual(
      Array(4).fill(["Results"]),
    );
  });

  test("shows its slides in the order of the presentation and counts hidden ones", async () => {
    const slides = [
      { shapes: slideShape(["last"]) },
      { shapes: slideShape(["hidden"]), attributes: 'show="0"' },
      { shapes: slideShape(["first"]) },
    ];
    const document = await extractPptx(extractInput(await pptxOf(slides, {}, [2, 1, 0])));
    expect(document.parts.map(({ label, page, text }) => [label, page, text.trim()])).toEqual([
      ["Slide 1", 1, "first"],
      ["Slide 3", 3, "last"],
    ]);
  });

  test("puts a slide's title first wherever it stands, and leaves out footers, dates and numbers", async () => {
    const shapes = [
      slideShape(["body"], "body"),
      slideShape(["Confidential"], "ftr"),
      slideShape(["2026-11-24"], "dt"),
      slideShape(["12"], "sldNum"),
      slideShape(["The title"], "ctrTitle"),
    ];
    const document = await extractPptx(extractInput(await pptxOf([{ shapes: shapes.join("") }])));
    expect(linesOf(document)).toEqual(["heading: The title", "list-item: body"]);
    expect(document.title).toBe("The title");
  });

  test("tells bullets from plain text by placeholder and by paragraph", async () => {
    const paragraph = (text: string, bullet: string): string =>
      `<a:p><a:pPr><a:${bullet}/></a:pPr><a:r><a:t>${text}</a:t></a:r><a:br/><a:r><a:t>more</a:t></a:r></a:p>`;
    const body = `<p:sp><p:nvSpPr><p:nvPr><p:ph/></p:nvPr></p:nvSpPr><p:txBody>${paragraph("plain", "buNone")}</p:txBody></p:sp>`;
    const box = `<p:sp><p:txBody>${paragraph("dot", "buChar")}</p:txBody></p:sp>`;
    const document = await extractPptx(extractInput(await pptxOf([{ shapes: body + box }])));
    expect(linesOf(document)).toEqual(["paragraph: plain\nmore", "list-item: dot\nmore"]);
  });

  test("reads grouped shapes once, and speaker's notes without the slide number beside them", async () => {
    const choice = slideShape(["grouped"]);
    const shapes = `<p:grpSp><mc:AlternateContent><mc:Choice>${choice}</mc:Choice><mc:Fallback>${choice}</mc:Fallback></mc:AlternateContent></p:grpSp>`;
    const notes = `<p:notes>${slideShape(["7"], "sldNum")}${slideShape(["say", "this"], "body")}${slideShape(["x"])}</p:notes>`;
    const document = await extractPptx(
      extractInput(
        await pptxOf([{ shapes, related: [["notesSlide", "../notesSlides/notesSlide1.xml"]] }], {
          "ppt/notesSlides/notesSlide1.xml": notes,
        }),
      ),
    );
    expectSound(document);
    expect(linesOf(document)).toEqual(["paragraph: grouped", "note: say\nthis"]);
  });

  test("keeps dates written by a field and not the slide's number", async () => {
    const field = (type: string, text: string): string =>
      `<a:fld type="${type}"><a:t>${text}</a:t></a:fld>`;
    const shapes = `<p:sp><p:txBody><a:p>${field("datetime1", "1 May")}${field("slidenum", "7")}</a:p></p:txBody></p:sp>`;
    const document = await extractPptx(extractInput(await pptxOf([{ shapes }])));
    expect(linesOf(document)).toEqual(["paragraph: 1 May"]);
  });

  test("has the words of its diagrams", async () => {
    const data = `<dgm:dataModel><dgm:pt><dgm:t>
      <a:p><a:r><a:t>Plan</a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt><dgm:t><a:p><a:r><a:t>Do</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>`;
    const slides = [
      {
        shapes: slideShape(["Cycle"], "title"),
        related: [["diagramData", "../diagrams/data1.xml"] as [string, string]],
      },
    ];
    const document = await extractPptx(
      extractInput(await pptxOf(slides, { "ppt/diagrams/data1.xml": data })),
    );
    expect(linesOf(document)).toEqual(["heading: Cycle", "list-item: Plan", "list-item: Do"]);
  });

  test("without text is refused, and so is a document that is no presentation", async () => {
    await expect(
      extractBytes(extractInput(await pptxOf([{ shapes: "" }]), "a.pptx")),
    ).rejects.toThrow(/no text/u);
    await expect(extractPptx(extractInput(await docxOf(wordParagraph("text"))))).rejects.toThrow(
      /no presentation/u,
    );
  });
});
