import { describe, expect, test } from "vitest";

import { expectSound, extractInput, fixture, linesOf } from "../../testing/extracted.ts";
import { docxOf, wordParagraph, xlsxOf } from "../../testing/office-writer.ts";
import type { ExtractedDocument } from "../document.ts";
import { extractBytes } from "./formats.ts";
import { extractXlsx } from "./xlsx.ts";

type Value = string | number | null;

/** Rows of inline strings and numbers, from A1 on. */
function sheetData(rows: Value[][]): string {
  const lines = rows.map((row) => {
    const cells = row.map((value) => {
      if (value === null) return "<c/>";
      return typeof value === "number"
        ? `<c><v>${value}</v></c>`
        : `<c t="inlineStr"><is><t>${value}</t></is></c>`;
    });
    return `<row>${cells.join("")}</row>`;
  });
  return `<sheetData>${lines.join("")}</sheetData>`;
}

async function extractSheet(
  xml: string,
  files: Record<string, string> = {},
  properties = "",
): Promise<ExtractedDocument> {
  const workbook = await xlsxOf([{ name: "Sheet", xml }], files, properties);
  const document = await extractXlsx(extractInput(workbook));
  expectSound(document);
  return document;
}

describe("a workbook", () => {
  test("written by a real library is read with dates, currency, percentages, merged cells and without hidden sheets", async () => {
    const document = await extractBytes(await fixture("rates.xlsx"));
    expectSound(document);
    expect(document.kind).toBe("xlsx");
    expect(document.title).toBe("Daily rates 2026");
    expect(document.parts.map(({ label }) => label)).toEqual([
      "Sheet Rates, rows 1–6",
      "Sheet Notes, row 1",
    ]);
    expect(document.parts[0]?.blocks[0]?.headingPath).toEqual(["Rates"]);
    expect(linesOf(document)).toEqual([
      "table-row: Daily rates 2026",
      "table-row: Region | Country | Daily rate | Valid from | Share | Open",
      "table-row: Region: Europe; Country: Spain; Daily rate: 53.00 €; Valid from: 2026-01-01; Share: 12.5%; Open: TRUE",
      "table-row: Region: Europe; Country: Ελλάδα; Daily rate: 49.50 €; Valid from: 2025-07-01; Share: 50.0%; Open: FALSE",
      "table-row: Region: Asia; Country: 日本; Daily rate: 71.00 €; Valid from: 2026-01-01 14:30; Share: 100.0%",
      "table-row: Rates are reviewed every July.",
    ]);
  });

  test("has shared strings without their pronunciation, errors, cached formulas and escaped characters", async () => {
    const strings = `<sst><si><t>plain</t></si><si><r><t>rich </t></r><r><t>text</t></r><rPh><t>ふり</t></rPh></si><si><t>a_x000D_&#10;b_x0041_</t></si></sst>`;
    const cells = `<c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>99</v></c>
      <c t="e"><v>#DIV/0!</v></c><c><f>1+1</f><v>2</v></c><c t="str"><f>A1&amp;"x"</f><v>plainx</v></c><c t="b"><v>1</v></c>`;
    const document = await extractSheet(`<sheetData><row>${cells}</row></sheetData>`, {
      "xl/sharedStrings.xml": strings,
    });
    expect(linesOf(document)).toEqual([
      "table-row: plain | rich text | a bA | #DIV/0! | 2 | plainx | TRUE",
    ]);
  });

  test("counts its dates from 1904 when it says so", async () => {
    const styles = `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="dd.mm.yyyy"/></numFmts>
      <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>`;
    const xml = `<sheetData><row><c s="1"><v>44561</v></c></row></sheetData>`;
    const files = { "xl/styles.xml": styles };
    expect(linesOf(await extractSheet(xml, files, '<workbookPr date1904="1"/>'))).toEqual([
      "table-row: 2026-01-01",
    ]);
  });

  test("repeats the column names in every row, below titles and over gaps", async () => {
    const xml = sheetData([
      ["Rates of 2026"],
      [],
      ["Country", null, "2026", "Daily rate"],
      ["Spain", null, 1, 53],
      [null, "stray", null, 60],
    ]);
    expect(linesOf(await extractSheet(xml))).toEqual([
      "table-row: Rates of 2026",
      "table-row: Country | 2026 | Daily rate",
      "table-row: Country: Spain; 2026: 1; Daily rate: 53",
      "table-row: stray; Daily rate: 60",
    ]);
  });

  test("has no column names when its first row holds values", async () => {
    const xml = sheetData([
      ["Spain", 53],
      ["Italy", 49],
    ]);
    expect(linesOf(await extractSheet(xml))).toEqual([
      "table-row: Spain | 53",
      "table-row: Italy | 49",
    ]);
  });

  test("spreads a merged column name over its columns and a merged value over its rows", async () => {
    const data = sheetData([
      ["Country", "Rate", null],
      ["Spain", 1, 2],
      [null, 3, 4],
    ]);
    const merged = `<mergeCells><mergeCell ref="B1:C1"/><mergeCell ref="A2:A3"/><mergeCell ref="A1:XFD1048576"/><mergeCell ref="bad"/></mergeCells>`;
    expect(linesOf(await extractSheet(data + merged))).toEqual([
      "table-row: Country | Rate | Rate",
      "table-row: Country: Spain; Rate: 1; Rate: 2",
      "table-row: Country: Spain; Rate: 3; Rate: 4",
    ]);
  });

  test("is cut into windows of 200 rows that all show the header and are named by the sheet's own numbers", async () => {
    const rows: Value[][] = Array.from({ length: 450 }, (_, at) => [`Place ${at}`, at]);
    const document = await extractSheet(sheetData([["Name", "Number"], ...rows]));
    expect(document.parts.map(({ label }) => label)).toEqual([
      "Sheet Sheet, rows 1–200",
      "Sheet Sheet, rows 201–400",
      "Sheet Sheet, rows 401–451",
    ]);
    for (const part of document.parts) expect(part.html).toContain("<th>Name</th><th>Number</th>");
  });

  test("with cells far apart shows only the columns that are used", async () => {
    const xml = `<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row><row r="1048576"><c r="XFD1048576"><v>3</v></c></row></sheetData>`;
    const document = await extractSheet(xml);
    expect(document.parts.map(({ label }) => label)).toEqual(["Sheet Sheet, rows 1–1048576"]);
    expect(document.parts[0]?.html?.length).toBeLessThan(200);
  });

  test("with more columns than can be lined up still names its cells", async () => {
    const header = Array.from({ length: 300 }, (_, at) => `Name ${at}`);
    const document = await extractSheet(sheetData([header, [...Array<null>(299).fill(null), 7]]));
    expect(linesOf(document)[1]).toBe("table-row: Name 299: 7");
  });

  test("written with namespace prefixes is read the same", async () => {
    const xml = `<x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>text</x:t></x:is></x:c></x:row></x:sheetData>`;
    expect(linesOf(await extractSheet(xml))).toEqual(["table-row: text"]);
  });

  test("without values is refused, and so is a document that is no workbook", async () => {
    const empty = await xlsxOf([{ name: "Sheet", xml: "<sheetData/>" }]);
    await expect(extractBytes(extractInput(empty, "a.xlsx"))).rejects.toThrow(/no text/u);
    await expect(extractXlsx(extractInput(await docxOf(wordParagraph("text"))))).rejects.toThrow(
      /no workbook/u,
    );
  });

  test("cannot be made to work for long by its merged cells", async () => {
    const merged = '<mergeCell ref="A1:XFD1048576"/>'.repeat(50_000);
    const rows: Value[][] = Array.from({ length: 3_000 }, () => [1]);
    const before = performance.now();
    await extractSheet(`${sheetData(rows)}<mergeCells>${merged}</mergeCells>`);
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});
