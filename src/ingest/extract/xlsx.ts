import type { ExtractedDocument } from "../document.ts";
import { type ExtractInput, invalidFile, MOST_PAGES } from "./input.ts";
import { isOn } from "./office-xml.ts";
import { type OfficePackage, openOfficePackage, targetOf } from "./office-zip.ts";
import { createPartBuilder } from "./part-builder.ts";
import { readNumberFormats } from "./xlsx-numbers.ts";
import { addSheet } from "./xlsx-rows.ts";
import { readSheet, readSharedStrings } from "./xlsx-sheet.ts";

interface Workbook {
  sheets: { name: string; part: string }[];
  /** Days are counted from 1904 and not from 1900. */
  date1904: boolean;
}

/**
 * A workbook, sheet by sheet, in windows of rows; hidden sheets are left out. Values are those that were last computed
 * and saved. Throws `invalid_file`.
 */
export async function extractXlsx({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const office = await openOfficePackage(bytes, "xlsx");
  const main = await office.mainPart();
  const relationships = await office.relationships(main);
  const partOf = (type: string): string | undefined =>
    relationships.find((one) => one.type === type)?.target;
  const { sheets, date1904 } = await readWorkbook(office, main);
  if (sheets.length > MOST_PAGES) {
    throw invalidFile(
      `The workbook has more than the ${MOST_PAGES} sheets allowed. Split it into smaller files.`,
    );
  }
  const strings = await readSharedStrings(office, partOf("sharedStrings"));
  const formatOf = await readNumberFormats(office, partOf("styles"));
  const builder = createPartBuilder();
  for (const { name, part } of sheets) {
    addSheet(builder, name, await readSheet(office, part, { strings, formatOf, date1904 }));
  }
  return { kind: "xlsx", title: await office.title(), parts: builder.parts() };
}

async function readWorkbook(office: OfficePackage, main: string): Promise<Workbook> {
  const relationships = await office.relationships(main);
  const workbook: Workbook = { sheets: [], date1904: false };
  let isWorkbook = false;
  await office.read(main, {
    open(name, attributes) {
      isWorkbook ||= name === "workbook";
      if (name === "workbookPr") workbook.date1904 = isOn(attributes["date1904"] ?? "0");
      if (name !== "sheet" || (attributes["state"] ?? "visible") !== "visible") return;
      const part = targetOf(relationships, attributes);
      if (part !== undefined) workbook.sheets.push({ name: attributes["name"] ?? "", part });
    },
  });
  if (!isWorkbook) throw invalidFile("The .xlsx file is damaged: its main part holds no workbook.");
  return workbook;
}
