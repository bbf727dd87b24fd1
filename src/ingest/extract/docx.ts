import type { ExtractedDocument } from "../document.ts";
import { createBodyReader } from "./docx-body.ts";
import { readNumbering } from "./docx-numbering.ts";
import { readStyles } from "./docx-styles.ts";
import { type ExtractInput, invalidFile } from "./input.ts";
import { attributeOf } from "./office-xml.ts";
import { type OfficePackage, openOfficePackage } from "./office-zip.ts";
import { createSections } from "./sections.ts";

/**
 * A Word document in reading order: headings, paragraphs, list items with their numbers, table rows, and every
 * footnote after the paragraph or table that refers to it. Left out: headers, footers, comments, deleted text, hidden
 * text, tables of contents, charts and diagrams. Throws `invalid_file`.
 */
export async function extractDocx({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const office = await openOfficePackage(bytes, "docx");
  const main = await office.mainPart();
  const relationships = await office.relationships(main);
  const partOf = (type: string): string | undefined =>
    relationships.find((one) => one.type === type)?.target;

  const styleOf = await readStyles(office, partOf("styles"));
  const numbering = await readNumbering(office, partOf("numbering"));
  const notes = new Map([
    ...(await readNotes(office, partOf("footnotes"), "footnote")),
    ...(await readNotes(office, partOf("endnotes"), "endnote")),
  ]);

  const sections = createSections();
  const body = createBodyReader({
    styleOf,
    numbering,
    notes,
    emit: (block) => sections.add(block),
  });
  let isDocument = false;
  await office.read(main, {
    ...body,
    open(name, attributes) {
      isDocument ||= name === "body";
      body.open(name, attributes);
    },
  });
  if (!isDocument)
    throw invalidFile("The .docx file is damaged: its main part holds no document body.");
  return {
    kind: "docx",
    title: (await office.title()) ?? sections.firstHeading(),
    parts: sections.parts(),
  };
}

/** Text of each footnote or endnote, under `footnote:2` or `endnote:2`. */
async function readNotes(
  office: OfficePackage,
  part: string | undefined,
  kind: "footnote" | "endnote",
): Promise<Map<string, string>> {
  const notes = new Map<string, string>();
  if (part === undefined) return notes;
  let id: string | null = null;
  let texts: string[] = [];
  const reader = createBodyReader({ emit: (block) => texts.push(block.text) });
  await office.read(part, {
    text: reader.text,
    open(name, attributes) {
      if (name === kind) {
        // The lines that part notes from text are stored as notes with a type.
        const isText = (attributeOf(attributes, "type") ?? "normal") === "normal";
        id = isText ? (attributeOf(attributes, "id") ?? null) : null;
        texts = [];
      }
      reader.open(name, attributes);
    },
    close(name) {
      reader.close(name);
      if (name === kind && id !== null) notes.set(`${kind}:${id}`, texts.join("\n").trim());
    },
  });
  return notes;
}
