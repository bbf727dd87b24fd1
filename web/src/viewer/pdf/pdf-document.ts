import { getDocument, PDFWorker, type PDFDocumentProxy } from "pdfjs-dist";
import { authHeaders } from "../../session.ts";
import { pdfAsset, PdfAssets } from "./pdf-assets.ts";

/** Bytes of one range request: larger wastes more of what is not looked at, smaller asks too often. */
const RANGE_BYTES = 65_536;

export interface OpenedPdf extends AsyncDisposable {
  document: PDFDocumentProxy;
}

/** Opens a file of this server in pdf.js, reading only the ranges that are needed. Rejects when it cannot be read. */
export async function openPdf(fileId: string, signal: AbortSignal): Promise<OpenedPdf> {
  const port = new Worker(pdfAsset("pdf.worker.min.mjs"), { type: "module" });
  const worker = PDFWorker.create({ port });
  const task = getDocument({
    url: `/openai/v1/files/${encodeURIComponent(fileId)}/content`,
    httpHeaders: authHeaders(),
    worker,
    rangeChunkSize: RANGE_BYTES,
    disableAutoFetch: true,
    disableStream: true,
    BinaryDataFactory: PdfAssets,
    useWorkerFetch: false,
  });
  const close = async (): Promise<void> => {
    await task.destroy();
    worker.destroy();
    port.terminate();
  };
  try {
    signal.throwIfAborted();
    const document = await task.promise;
    signal.throwIfAborted();
    return { document, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
