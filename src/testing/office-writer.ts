import { Buffer } from "node:buffer";

import { ZipFile } from "yazl";

/** Names and contents of the files of an archive. */
export type ArchiveFiles = Record<string, string | Buffer>;

export async function zipOf(files: ArchiveFiles): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** A relationships part: ids `rId1`, `rId2`, … in the order given, each a type and a target. */
export function relationshipsOf(targets: [type: string, target: string][]): string {
  const lines = targets.map(
    ([type, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${RELATIONSHIP}/${type}" Target="${target}"/>`,
  );
  return `<?xml version="1.0"?><Relationships>${lines.join("")}</Relationships>`;
}

/** A Word document with this body; `files` adds parts, and the known ones among them are related to the document. */
export async function docxOf(body: string, files: ArchiveFiles = {}): Promise<Buffer> {
  const known = ["styles", "numbering", "footnotes", "endnotes"];
  const related = known.filter((name) => `word/${name}.xml` in files);
  return zipOf({
    "_rels/.rels": relationshipsOf([["officeDocument", "word/document.xml"]]),
    "word/document.xml": `<?xml version="1.0"?><w:document xmlns:w="x"><w:body>${body}</w:body></w:document>`,
    "word/_rels/document.xml.rels": relationshipsOf(related.map((name) => [name, `${name}.xml`])),
    ...files,
  });
}

/** A paragraph of a Word document; `style` is a style id. */
export function wordParagraph(text: string, style?: string): string {
  const properties = style === undefined ? "" : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`;
  return `<w:p>${properties}<w:r><w:t>${text}</w:t></w:r></w:p>`;
}

/** A workbook; each sheet is its name and its XML below `<worksheet>`; `properties` is XML above the sheets. */
export async function xlsxOf(
  sheets: { name: string; xml: string; state?: string }[],
  files: ArchiveFiles = {},
  properties = "",
): Promise<Buffer> {
  const targets: [string, string][] = sheets.map((_, index) => [
    "worksheet",
    `worksheets/sheet${index + 1}.xml`,
  ]);
  const known = ["styles", "sharedStrings"].filter((name) => `xl/${name}.xml` in files);
  const entries = sheets.map(
    ({ name, state }, index) =>
      `<sheet name="${name}" state="${state ?? "visible"}" r:id="rId${index + 1}"/>`,
  );
  return zipOf({
    "_rels/.rels": relationshipsOf([["officeDocument", "xl/workbook.xml"]]),
    "xl/workbook.xml": `<workbook>${properties}<sheets>${entries.join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationshipsOf([
      ...targets,
      ...known.map((name): [string, string] => [name, `${name}.xml`]),
    ]),
    ...Object.fromEntries(
      sheets.map(({ xml }, index) => [
        `xl/worksheets/sheet${index + 1}.xml`,
        `<worksheet>${xml}</worksheet>`,
      ]),
    ),
    ...files,
  });
}

/** A presentation; each slide is the XML of its shapes, with attributes of `<p:sld>` and more relationships if given. */
export async function pptxOf(
  slides: { shapes: string; attributes?: string; related?: [type: string, target: string][] }[],
  files: ArchiveFiles = {},
  order = slides.map((_, index) => index),
): Promise<Buffer> {
  const ids = order.map((index) => `<p:sldId id="${256 + index}" r:id="rId${index + 1}"/>`);
  return zipOf({
    "_rels/.rels": relationshipsOf([["officeDocument", "ppt/presentation.xml"]]),
    "ppt/presentation.xml": `<p:presentation><p:sldIdLst>${ids.join("")}</p:sldIdLst></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": relationshipsOf(
      slides.map((_, index) => ["slide", `slides/slide${index + 1}.xml`]),
    ),
    ...Object.fromEntries(
      slides.flatMap(({ shapes, attributes = "", related = [] }, index) => [
        [
          `ppt/slides/slide${index + 1}.xml`,
          `<p:sld ${attributes}><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`,
        ],
        [`ppt/slides/_rels/slide${index + 1}.xml.rels`, relationshipsOf(related)],
      ]),
    ),
    ...files,
  });
}

/** A shape of a slide; `placeholder` is its type, undefined for a plain text box. */
export function slideShape(paragraphs: string[], placeholder?: string): string {
  const kind =
    placeholder === undefined
      ? ""
      : `<p:nvSpPr><p:nvPr><p:ph type="${placeholder}"/></p:nvPr></p:nvSpPr>`;
  const texts = paragraphs.map((text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`);
  return `<p:sp>${kind}<p:txBody>${texts.join("")}</p:txBody></p:sp>`;
}
