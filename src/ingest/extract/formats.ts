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
/** What the uploader calls the file's type; counts where the name says nothing. */
const BY_MEDIA_TYPE: Record<string, DocumentKind> = {
  "text/markdown": "markdown",
  "text/html": "html",
  "application/xhtml+xml": "html",
  "text/csv": "csv",
  "text/tab-separated-values": "csv",
  "application/json": "json",
  "application/jsonl": "json",
  "application/x-ndjson": "json",
};
const CODE =
  /^\.(?:c|cc|cpp|cs|css|go|h|hpp|java|js|jsx|kt|lua|mjs|php|pl|ps1|py|r|rb|rs|scala|sh|sql|swift|tex|toml|ts|tsx|xml|ya?ml)$/u;

/** Container of the Office formats before 2007, and of the newer ones when they are encrypted. */
const OLE = "\xd0\xcf\x11\xe0";
/** Name of the stream in such a container that holds an encrypted document. */
const ENCRYPTED_STREAM = Buffer.from("EncryptedPackage", "utf16le");

/** Beginnings of formats that are recognised only to say that they are not supported. */
const FOREIGN: [signature: string, name: string][] = [
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["GIF8", "a GIF image"],
  [OLE, "an old Office document (.doc, .xls, .ppt): save it as .docx, .xlsx or .pptx"],
  ["\x7fELF", "a program"],
  ["MZ\x90\0", "a program"],
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

/** Throws `ExtractError` for what is recognised as no document. */
export function kindOf({
  bytes,
  filename,
  mediaType = "",
}: Pick<ExtractInput, "bytes" | "filename" | "mediaType">): DocumentKind {
  const beginning = bytes.subarray(0, 1024).toString("latin1");
  const extension = extname(filename).toLowerCase();
  if (isPdf(beginning, extension)) return "pdf";
  if (beginning.startsWith("PK\x03\x04")) return officeKind(bytes);
  refuseForeign(bytes, beginning);
  const named =
    BY_EXTENSION[extension] ??
    (CODE.test(extension) ? "code" : undefined) ??
    BY_MEDIA_TYPE[mediaType.toLowerCase().split(";")[0]?.trim() ?? ""];
  if (named) return named;
  if (/^(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html)/iu.test(beginning)) return "html";
  if (extension === ".pdf")
    throw invalidFile("The file is named .pdf but is not a PDF: it may be damaged.");
  if (/^\.(?:docx|pptx|xlsx)$/u.test(extension)) {
    throw invalidFile(
      `The file is named ${extension} but is not an Office document: it may be damaged.`,
    );
  }
  return "text";
}

/** Readers accept a PDF with other bytes before it; in a text, the same characters are only being written about. */
function isPdf(beginning: string, extension: string): boolean {
  return (
    /^(?:\xef\xbb\xbf)?\s*%PDF-/u.test(beginning) ||
    (extension === ".pdf" && beginning.includes("%PDF-"))
  );
}

function refuseForeign(bytes: Buffer, beginning: string): void {
  const foreign = FOREIGN.find(([signature]) => beginning.startsWith(signature));
  if (!foreign) return;
  const [signature, name] = foreign;
  if (signature === OLE && bytes.includes(ENCRYPTED_STREAM)) {
    throw invalidFile(
      "The document is encrypted and needs a password. Save it without a password and upload it again.",
    );
  }
  throw unsupported(`it is ${name}`);
}

/** Names of an archive's main parts; they stand in it as plain bytes. */
const MAIN_PARTS: [name: string, kind: DocumentKind][] = [
  ["word/document", "docx"],
  ["ppt/presentation", "pptx"],
  ["xl/workbook", "xlsx"],
];

/** An Office document may hold others, so the main part that comes first decides. */
function officeKind(bytes: Buffer): DocumentKind {
  const found = MAIN_PARTS.map(([name, kind]) => ({ at: bytes.indexOf(name), kind }))
    .filter(({ at }) => at !== -1)
    .toSorted((left, right) => left.at - right.at)[0];
  if (found) return found.kind;
  // The name of an archive's first entry begins at byte 30.
  if (bytes.subarray(30, 38).toString("latin1") === "mimetype")
    throw unsupported("it is an OpenDocument or EPUB file: save it as .docx, .xlsx, .pptx or PDF");
  throw unsupported("it is an archive: unpack it and upload the documents in it");
}

function unsupported(what: string): ExtractError {
  return new ExtractError("unsupported_file", `This type of file is not supported: ${what}.`);
}
