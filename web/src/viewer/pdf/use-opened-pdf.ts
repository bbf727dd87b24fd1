import type { PDFDocumentProxy } from "pdfjs-dist";
import { useEffect, useState } from "react";

import { openPdf } from "./pdf-document.ts";

/** The file in pdf.js while it is looked at: null until it is open. Its worker ends with it. */
export function useOpenedPdf(fileId: string): {
  document: PDFDocumentProxy | null;
  error: string | null;
} {
  const [document, setDocument] = useState<PDFDocumentProxy | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    const opening = openPdf(fileId, controller.signal);
    opening.then(
      (opened) => controller.signal.aborted || setDocument(opened.document),
      (thrown: unknown) => {
        if (!controller.signal.aborted)
          setError(thrown instanceof Error ? thrown.message : String(thrown));
      },
    );
    return () => {
      controller.abort();
      setDocument(null);
      setError(null);
      // One that failed or was aborted has closed itself.
      opening.then((opened) => opened[Symbol.asyncDispose]()).catch(() => {});
    };
  }, [fileId]);
  return { document, error };
}
