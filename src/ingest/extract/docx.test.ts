import { describe, expect, test } from "vitest";

import { expectSound, extractInput, fixture, linesOf } from "../../testing/extracted.ts";
import { docxOf, wordParagraph, zipOf } from "../../testing/office-writer.ts";
import { extractDocx } from "./docx.ts";
import { extractBytes } from "./formats.ts";

const STYLES = `<w:styles>
  <w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
  <w:style w:styleId="berschrift2"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
  <w:style w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="berschrift2"/></w:style>
  <w:style w:styleId="Kreis"><w:name w:val="Kreis"/><w:basedOn w:val="Kreis"/></w:style>
  <w:style w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
  <w:style w:styleId="Liste"><w:name w:val="List"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
</w:styles>`;

const NUMBERING = `<w:numbering>
  <w:abstractNum w:abstractNumId="7">
    <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
    <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
  </w:abstractNum>
  <w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/></w:lvl></w:abstractNum>
  <w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
  <w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
  <w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
</w:numbering>`;

async function linesOfBody(body: string, files: Record<string, string> = {}): Promise<string[]> {
  const document = await extractDocx(extractInput(await docxOf(body, files)));
  expectSound(document);
  return linesOf(document);
}

function item(text: string, list: number, level = 0): string {
  return `<w:p><w:pPr><w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="${list}"/></w:numPr></w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
}

function row(cells: string[], properties = ""): string {
  return `<w:tr><w:trPr>${properties}</w:trPr>${cells.map((cell) => (cell.startsWith("<w:tc>") ? cell : `<w:tc>${wordParagraph(cell)}</w:tc>`)).join("")}</w:tr>`;
}

describe("a Word document", () => {
  test("written by a real library is read in order, in parts by top heading", async () => {
    const document = await extractBytes(await fixture("travel-handbook.docx"));
    expectSound(document);
    expect(document.kind).toBe("docx");
    expect(document.title).toBe("Travel handbook");
    expect(document.parts.map(({ label }) => label)).toEqual([
      "Travel handbook",
      "Daily rates",
      "Übernachtung",
    ]);
    expect(linesOf(document)).toEqual([
      "heading: Travel handbook",
      "paragraph: Rules for everyone who travels for the company.",
      "heading: Booking",
      "paragraph: Book through the travel desk at least 14 days ahead.",
      "note: Seven days for trips inside the country.",
      "list-item: Trains below six hours",
      "list-item: Flights above six hours",
      "heading: Approval",
      "list-item: 1. Ask your lead",
      "list-item: 2. Send the form",
      "list-item: 3. Wait for the answer",
      "heading: Daily rates",
      "table-row: Country | Daily rate | Valid from",
      "table-row: Country: Spain; Daily rate: 53 €; Valid from: 2026-01-01",
      "table-row: Country: 日本; Daily rate: 71 €; Valid from: 2026-01-01",
      "table-row: Country: Ελλάδα; Daily rate: 49 €; Valid from: 2025-07-01",
      "table-row: All other countries: ask | 2026-01-01",
      "heading: Übernachtung",
      "paragraph: Hotels bis 140 Euro werden erstattet. ホテルは事前に予約してください。",
    ]);
  });

  test("has its headings by style, whatever the language of the ids, and through the style they are based on", async () => {
    const body =
      wordParagraph("Urlaub", "berschrift1") +
      wordParagraph("Antrag", "Kapitel") +
      wordParagraph("Text", "Kreis");
    const document = await extractDocx(
      extractInput(await docxOf(body, { "word/styles.xml": STYLES })),
    );
    expect(document.parts[0]?.blocks.map(({ kind, headingPath }) => [kind, headingPath])).toEqual([
      ["heading", ["Urlaub"]],
      ["heading", ["Urlaub", "Antrag"]],
      ["paragraph", ["Urlaub", "Antrag"]],
    ]);
    expect(document.title).toBe("Urlaub");
  });

  test("leaves out its table of contents", async () => {
    const body = wordParagraph("Urlaub 3", "Verzeichnis1") + wordParagraph("Urlaub ist schön.");
    expect(await linesOfBody(body, { "word/styles.xml": STYLES })).toEqual([
      "paragraph: Urlaub ist schön.",
    ]);
  });

  test("numbers its lists over levels, goes on after a break and starts again where it says so", async () => {
    const body = [
      item("one", 1),
      item("under", 1, 1),
      item("under", 1, 1),
      item("two", 1),
      item("under", 1, 1),
      item("dot", 2),
      wordParagraph("three", "Liste"),
      item("five", 3),
      `<w:p><w:pPr><w:pStyle w:val="Liste"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr><w:r><w:t>none</w:t></w:r></w:p>`,
    ];
    const files = { "word/styles.xml": STYLES, "word/numbering.xml": NUMBERING };
    expect(await linesOfBody(body.join(""), files)).toEqual([
      "list-item: 1. one",
      "list-item: 1.a) under",
      "list-item: 1.b) under",
      "list-item: 2. two",
      "list-item: 2.a) under",
      "list-item: dot",
      "list-item: 3. three",
      "list-item: 5. five",
      "paragraph: none",
    ]);
  });

  test("leaves out what is deleted, moved away, hidden or an instruction, and keeps what is inserted", async () => {
    const run = (text: string, properties = ""): string =>
      `<w:r><w:rPr>${properties}</w:rPr><w:t>${text}</w:t></w:r>`;
    const body = `<w:p>${run("A")}<w:del><w:r><w:delText>B</w:delText></w:r></w:del><w:moveFrom>${run("C")}</w:moveFrom>
      <w:ins>${run("D")}</w:ins>${run("E", "<w:vanish/>")}<w:r><w:instrText>PAGE</w:instrText></w:r>
      <w:hyperlink>${run("F", '<w:vanish w:val="0"/>')}</w:hyperlink></w:p>`;
    expect(await linesOfBody(body)).toEqual(["paragraph: ADF"]);
  });

  test("keeps tabs and line breaks of runs and none of the ruler", async () => {
    const body = `<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>`;
    expect(await linesOfBody(body)).toEqual(["paragraph: a\tb\nc"]);
  });

  test("has the text of a text box once, after the paragraph it hangs on", async () => {
    const box = `<w:txbxContent>${wordParagraph("boxed")}</w:txbxContent>`;
    const body = `<w:p><w:r><w:t>before </w:t><mc:AlternateContent><mc:Choice>${box}</mc:Choice><mc:Fallback>${box}</mc:Fallback></mc:AlternateContent><w:t>after</w:t></w:r></w:p>`;
    expect(await linesOfBody(body)).toEqual(["paragraph: before after", "paragraph: boxed"]);
  });

  test("puts footnotes and endnotes after the paragraph, and after the whole table, that refers to them", async () => {
    const note = (kind: string): string => `<w:r><w:${kind}Reference w:id="2"/></w:r>`;
    const table = `<w:tbl>${row([`<w:tc><w:p><w:r><w:t>a</w:t></w:r>${note("endnote")}</w:p></w:tc>`, "b"])}${row(["c", "d"])}</w:tbl>`;
    const body = `<w:p><w:r><w:t>claim</w:t></w:r>${note("footnote")}</w:p>${wordParagraph("next")}${table}`;
    const notes = (kind: string): string =>
      `<w:${kind}s><w:${kind} w:type="separator" w:id="0">${wordParagraph("rule")}</w:${kind}><w:${kind} w:id="2">${wordParagraph(kind)}</w:${kind}></w:${kind}s>`;
    const files = {
      "word/footnotes.xml": notes("footnote"),
      "word/endnotes.xml": notes("endnote"),
    };
    expect(await linesOfBody(body, files)).toEqual([
      "paragraph: claim",
      "note: footnote",
      "paragraph: next",
      "table-row: a | b",
      "table-row: c | d",
      "note: endnote",
    ]);
  });

  test("repeats the names of marked header cells and the text of cells merged downwards", async () => {
    const merged = (text: string, value: string): string =>
      `<w:tc><w:tcPr><w:vMerge ${value}/></w:tcPr>${wordParagraph(text)}</w:tc>`;
    const rows = [
      row(["Region", "Land"], "<w:tblHeader/>"),
      row([merged("Süden", 'w:val="restart"'), "Spanien"]),
      row([merged("", ""), "Italien"]),
    ];
    expect(await linesOfBody(`<w:tbl>${rows.join("")}</w:tbl>`)).toEqual([
      "table-row: Region | Land",
      "table-row: Region: Süden; Land: Spanien",
      "table-row: Region: Süden; Land: Italien",
    ]);
  });

  test("reads a table of one cell as the text it frames, and a table in a cell as text of the cell", async () => {
    const frame = `<w:tbl>${row([`<w:tc>${wordParagraph("Titel", "berschrift1")}${wordParagraph("Text")}</w:tc>`])}</w:tbl>`;
    const inner = `<w:tbl>${row(["x", "y"])}</w:tbl>`;
    const nested = `<w:tbl>${row([`<w:tc>${wordParagraph("a")}${inner}</w:tc>`, "b"])}</w:tbl>`;
    expect(await linesOfBody(frame + nested, { "word/styles.xml": STYLES })).toEqual([
      "heading: Titel",
      "paragraph: Text",
      "table-row: a x | y | b",
    ]);
  });

  test("does not take the names of elements for more than they are", async () => {
    const body = `<w:p><w:r><w:constructor/><w:toString/><w:t>plain</w:t></w:r></w:p>`;
    expect(await linesOfBody(body)).toEqual(["paragraph: plain"]);
  });

  test("has its text escaped in the reading view", async () => {
    const document = await extractDocx(
      extractInput(await docxOf(wordParagraph("&lt;script&gt;alert(1)&lt;/script&gt;"))),
    );
    expect(document.parts[0]?.html).toBe('<p id="b0">&lt;script&gt;alert(1)&lt;/script&gt;</p>\n');
  });

  test("is cut into parts that stay small, each named after its heading", async () => {
    const paragraph = wordParagraph("Wort ".repeat(100));
    const body =
      wordParagraph("Lang", "berschrift1") +
      paragraph.repeat(90) +
      wordParagraph("Unter", "berschrift2") +
      paragraph;
    const document = await extractDocx(
      extractInput(await docxOf(body, { "word/styles.xml": STYLES })),
    );
    expectSound(document);
    expect(document.parts.map(({ label }) => label)).toEqual(["Lang", "Lang (continued)", "Unter"]);
    expect(Math.max(...document.parts.map(({ text }) => text.length))).toBeLessThan(25_000);
  });

  test("without text is refused", async () => {
    await expect(extractBytes(extractInput(await docxOf("<w:p/>"), "a.docx"))).rejects.toThrow(
      /no text/u,
    );
  });

  test("without a body is refused as damaged", async () => {
    const files = { "word/document.xml": "<other/>" };
    await expect(extractDocx(extractInput(await docxOf("", files)))).rejects.toThrow(
      /no document body/u,
    );
  });

  test("that is another archive is refused", async () => {
    await expect(
      extractDocx(extractInput(await zipOf({ "word/document.xml": "<a/>" }))),
    ).rejects.toThrow(/not a \.docx document/u);
  });
});
