import { extname } from "node:path";

import type { DocumentKind } from "../../protocol/documents.ts";
import type { ExtractedDocument } from "../document.ts";
import { ExtractError, type ExtractInput, invalidFile } from "./input.ts";

type Extractor = (input: ExtractInput) => Promise<ExtractedDocument>;

/** One extractor a kind, loaded when the first file of the kind comes. */
const EXTRACTORS: Record<DocumentKind, () => Promise<Extractor>> = {
  pdf: async () => (await import("./pdf.ts")).extractPdf,
  docx: async () => (await import("./docx.ts")).extractDocx,
  pptx: async () => (await import("./pptx.ts")).extractPptx,
  xlsx: async () => (await import("./xlsx.ts")).extractXlsx,
  html: async () => (await import("./html.ts")).extractHtml,
  markdown: async () => (await import("./markdown.ts")).extractMarkdown,
  csv: async () => (await import("./csv.ts")).extractCsv,
  json: async () => (await import("./json.ts")).extractJson,
  code: async () => (await import("./text.ts")).extractCode,
  text: async () => (await import("./text.ts")).extractText,
};

const BY_EXTENSION: Record<string, DocumentKind> = {
  ".md": "markdown",
  ".markdown": "markdown",
  ".html": "html",
  ".htm": "html",
  ".xhtml": "html",
  ".csv": "csv",
  ".tsv": "csv",
  ".json": "json",
  ".jsonl": "json",
  ".ndjson": "json",
  ".txt": "text",
  ".log": "text",
};
const CODE =
  /^\.(?:c|cc|cpp|cs|css|go|h|hpp|java|js|jsx|kt|lua|mjs|php|pl|ps1|py|r|rb|rs|scala|sh|sql|swift|tex|toml|ts|tsx|xml|ya?ml)$/u;

/** Beginnings of formats that are recognised only to say that they are not supported. */
const FOREIGN: [signature: string, name: string][] = [
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["GIF8", "a GIF image"],
  [
    "\xd0\xcf\x11\xe0",
    "an old Office document (.doc, .xls, .ppt): save it as .docx, .xlsx or .pptx",
  ],
  ["\x7fELF", "a program"],
  ["MZ", "a program"],
  ["\0asm", "a program"],
  ["\x1f\x8b", "a gzip archive: unpack it first"],
  ["Rar!", "a RAR archive: unpack it first"],
  ["7z\xbc\xaf", "a 7z archive: unpack it first"],
];

/** Reads a file by what it holds; its name only decides among texts. Throws `ExtractError`. */
export async function extractBytes(input: ExtractInput): Promise<ExtractedDocument> {
  if (input.bytes.length === 0) throw invalidFile("The file is empty.");
  const extract = await EXTRACTORS[kindOf(input)]();
  const document = await extract(input);
  if (document.parts.every((part) => part.text.trim() === ""))
    throw invalidFile("The file holds no text.");
  return document;
}

export function kindOf({
  bytes,
  filename,
}: Pick<ExtractInput, "bytes" | "filename">): DocumentKind {
  const beginning = bytes.subarray(0, 1024).toString("latin1");
  if (beginning.includes("%PDF-")) return "pdf";
  if (beginning.startsWith("PK\x03\x04")) return officeKind(bytes);
  const foreign = FOREIGN.find(([signature]) => beginning.startsWith(signature));
  if (foreign)
    throw new ExtractError(
      "unsupported_file",
      `This type of file is not supported: it is ${foreign[1]}.`,
    );
  const extension = extname(filename).toLowerCase();
  const byName = BY_EXTENSION[extension] ?? (CODE.test(extension) ? "code" : undefined);
  if (byName) return byName;
  if (/^\s*(?:<!doctype html|<html)/iu.test(beginning)) return "html";
  if (extension === ".pdf")
    throw invalidFile("The file is named .pdf but is not a PDF: it may be damaged.");
  if (/^\.(?:docx|pptx|xlsx)$/u.test(extension)) {
    throw invalidFile(
      `The file is named ${extension} but is not an Office document: it may be damaged.`,
    );
  }
  return "text";
}

/** The names of an archive's entries stand in it as plain bytes. */
function officeKind(bytes: Buffer): DocumentKind {
  if (bytes.includes("word/document")) return "docx";
  if (bytes.includes("ppt/presentation")) return "pptx";
  if (bytes.includes("xl/workbook")) return "xlsx";
  throw new ExtractError(
    "unsupported_file",
    "This type of file is not supported: it is an archive. Unpack it and upload the documents in it.",
  );
}
