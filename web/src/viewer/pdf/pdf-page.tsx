import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";
import { type CSSProperties, memo, useEffect, useRef, useState } from "react";

import { drawPage } from "./draw-page.ts";
import { lineBoxes, plainMapping, type ToPixels } from "./page-layout.ts";
import { type PageMark, PageMarks } from "./page-marks.tsx";
import styles from "./pdf.module.css";

interface PdfPageProps {
  index: number;
  /** Tells when the page comes near. */
  observe: (element: Element, index: number) => () => void;
  /** Null until the file is open. */
  document: PDFDocumentProxy | null;
  size: { width: number; height: number };
  /** CSS pixels per point. */
  scale: number;
  /** Near what is looked at: drawn; else only its place is kept. */
  isNear: boolean;
  marks: PageMark[] | undefined;
}

/** One page: its picture, the passages on it, and its text above both. */
export const PdfPage = memo(function PdfPage(props: PdfPageProps) {
  const { index, observe, size, scale, isNear, marks = [] } = props;
  const frame = useRef<HTMLDivElement>(null);
  const { canvas, text, toPixels, error } = useDrawnPage(props);
  useEffect(() => (frame.current ? observe(frame.current, index) : undefined), [observe, index]);

  const style: CSSProperties & Record<`--${string}`, number> = {
    inlineSize: size.width,
    blockSize: size.height,
    "--total-scale-factor": scale,
  };
  return (
    <div ref={frame} className={styles["page"]} data-page={index + 1}>
      <div className={styles["sheet"]} style={style}>
        {isNear ? (
          <>
            <canvas ref={canvas} className={styles["canvas"]} aria-hidden="true" />
            {marks.map(({ key, region, isCurrent, isFirst }) => (
              <PageMarks
                key={key}
                lines={lineBoxes(region, toPixels ?? plainMapping(region.box, scale))}
                page={index + 1}
                isCurrent={isCurrent}
                isFirst={isFirst}
              />
            ))}
            <div ref={text} className={styles["text"]} />
          </>
        ) : null}
        {error === null ? null : (
          <p role="alert" className={styles["broken"]}>
            {error}
          </p>
        )}
      </div>
    </div>
  );
});

/** Loads and draws the page while it is near. */
function useDrawnPage({ document, index, scale, isNear }: PdfPageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const [page, setPage] = useState<PDFPageProxy | null>(null);
  const [error, setError] = useState<string | null>(null);

  useEffect(() => {
    if (!isNear || !document) return;
    let isWanted = true;
    document.getPage(index + 1).then(
      (loaded) => isWanted && setPage(loaded),
      (thrown: unknown) => isWanted && setError(messageOf(thrown)),
    );
    return () => {
      isWanted = false;
      setPage(null);
    };
  }, [document, index, isNear]);

  useEffect(() => {
    if (!page || !canvas.current || !text.current) return;
    const controller = new AbortController();
    drawPage(
      page,
      { canvas: canvas.current, text: text.current },
      { viewport: page.getViewport({ scale }), signal: controller.signal },
    ).catch((thrown: unknown) => {
      if (!controller.signal.aborted) setError(messageOf(thrown));
    });
    return () => controller.abort();
  }, [page, scale]);

  return { canvas, text, toPixels: page && mappingOf(page, scale), error };
}

function mappingOf(page: PDFPageProxy, scale: number): ToPixels {
  const viewport = page.getViewport({ scale });
  return (x, y) => {
    const [left = 0, top = 0]: number[] = viewport.convertToViewportPoint(x, y);
    return [left, top];
  };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
