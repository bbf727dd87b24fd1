import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { init, type WrappedPdfiumModule } from "@embedpdf/pdfium";

import { invalidFile } from "./input.ts";

/** FPDF_GetLastError: the password is missing or wrong. */
const ERROR_PASSWORD = 4;

export interface PdfPage {
  width: number;
  height: number;
  /** Number of raw characters. */
  length: number;
  /** UTF-32 value of a raw character. */
  unicode(index: number): number;
  /** Height of the type as it is drawn, in points: many programs write size 1 and scale the text. */
  fontSize(index: number): number;
  /** Left, bottom, right, top in points. */
  box(index: number): [number, number, number, number];
}

export interface PdfDocument {
  pageCount: number;
  title: string | null;
  /** Runs `read` with the page open. */
  withPage<T>(index: number, read: (page: PdfPage) => T): T;
}

/** Opens a PDF with the PDFium engine (WebAssembly). Throws `invalid_file` when it is encrypted or damaged. */
export async function openPdf(bytes: Buffer): Promise<PdfDocument> {
  const wasm = createRequire(import.meta.url).resolve("@embedpdf/pdfium/pdfium.wasm");
  const wasmBinary = await readFile(wasm);
  const pdfium = await init({ wasmBinary: new Uint8Array(wasmBinary).buffer });
  pdfium.PDFiumExt_Init();
  const memory = pdfium.pdfium;
  const place = memory.wasmExports.malloc(bytes.length);
  heapOf(pdfium).set(bytes, place);
  const document = pdfium.FPDF_LoadMemDocument(place, bytes.length, "");
  if (!document) {
    throw pdfium.FPDF_GetLastError() === ERROR_PASSWORD
      ? invalidFile(
          "The PDF is encrypted and needs a password. Save it without a password and upload it again.",
        )
      : invalidFile(
          "The PDF is damaged and cannot be opened. Check that it opens in a PDF viewer, then upload it again.",
        );
  }
  const scratch = memory.wasmExports.malloc(4 * 8);
  return {
    pageCount: pdfium.FPDF_GetPageCount(document),
    title: metaText(pdfium, { document, name: "Title" }),
    withPage: (index, read) => withPage(pdfium, { document, index, scratch }, read),
  };
}

/** The engine's memory. Its view is replaced when it grows, so it is asked for anew each time; the types leave it out. */
function heapOf(pdfium: WrappedPdfiumModule): Uint8Array {
  return (pdfium.pdfium as unknown as { HEAPU8: Uint8Array }).HEAPU8;
}

function withPage<T>(
  pdfium: WrappedPdfiumModule,
  { document, index, scratch }: { document: number; index: number; scratch: number },
  read: (page: PdfPage) => T,
): T {
  const page = pdfium.FPDF_LoadPage(document, index);
  if (!page) throw invalidFile(`Page ${index + 1} of the PDF is damaged and cannot be read.`);
  const textPage = pdfium.FPDFText_LoadPage(page);
  const [left, right, bottom, top] = [scratch, scratch + 8, scratch + 16, scratch + 24];
  try {
    return read({
      width: pdfium.FPDF_GetPageWidthF(page),
      height: pdfium.FPDF_GetPageHeightF(page),
      length: textPage ? pdfium.FPDFText_CountChars(textPage) : 0,
      unicode: (at) => pdfium.FPDFText_GetUnicode(textPage, at),
      fontSize(at) {
        const size = pdfium.FPDFText_GetFontSize(textPage, at);
        // FS_MATRIX: a, b, c, d, e, f; c and d say where the upward direction of the text goes.
        if (!pdfium.FPDFText_GetMatrix(textPage, at, scratch)) return size;
        const [, , c = 0, d = 1] = new Float32Array(heapOf(pdfium).buffer, scratch, 6);
        return size * Math.hypot(c, d);
      },
      box(at) {
        pdfium.FPDFText_GetCharBox(textPage, at, left, right, bottom, top);
        const [l = 0, r = 0, b = 0, t = 0] = new Float64Array(heapOf(pdfium).buffer, scratch, 4);
        return [l, b, r, t];
      },
    });
  } finally {
    if (textPage) pdfium.FPDFText_ClosePage(textPage);
    pdfium.FPDF_ClosePage(page);
  }
}

function metaText(
  pdfium: WrappedPdfiumModule,
  { document, name }: { document: number; name: string },
): string | null {
  const size = pdfium.FPDF_GetMetaText(document, name, 0, 0);
  if (size <= 2) return null;
  const place = pdfium.pdfium.wasmExports.malloc(size);
  pdfium.FPDF_GetMetaText(document, name, place, size);
  const text = Buffer.from(heapOf(pdfium).slice(place, place + size - 2))
    .toString("utf16le")
    .trim();
  pdfium.pdfium.wasmExports.free(place);
  return text === "" ? null : text;
}
