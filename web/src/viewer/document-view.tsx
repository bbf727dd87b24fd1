import { Trans } from "@lingui/react/macro";
import { lazy, type RefObject, Suspense } from "react";
import styles from "./bay.module.css";
import { useOutline } from "./document-queries.ts";
import type { Passage } from "./passages.ts";
import { ReadingView } from "./reading/reading-view.tsx";
import { RemotePassage } from "./remote-passage.tsx";

/** pdf.js is large: it comes with the first PDF. */
const PdfView = lazy(async () => ({ default: (await import("./pdf/pdf-view.tsx")).PdfView }));

interface DocumentViewProps {
  fileId: string;
  /** Those of this document, in reading order. */
  passages: Passage[];
  /** Position in `passages`. */
  current: number;
  /** 1: the text fills the width. */
  zoom: number;
  scroller: RefObject<HTMLElement | null>;
}

/** A file of this server, whatever its kind, at one of its passages. When it cannot be shown, the passage is. */
export function DocumentView({ fileId, passages, current, zoom, scroller }: DocumentViewProps) {
  const { data: outline, error } = useOutline(fileId);
  const passage = passages[current];
  if (error) {
    const { message } = error;
    return (
      <>
        <p role="alert" className={styles["notice"]}>
          <Trans>The document cannot be shown: {message}</Trans>
        </p>
        {passage ? <RemotePassage passage={passage} /> : null}
      </>
    );
  }
  if (!outline) return <Opening />;
  const shown = { fileId, outline, passages, current, scroller };
  return (
    <>
      {passage && passage.anchor === null && passage.quote !== "" ? (
        <Unplaced quote={passage.quote} />
      ) : null}
      {outline.render === "html" ? (
        <ReadingView {...shown} />
      ) : (
        <Suspense fallback={<Opening />}>
          <PdfView {...shown} zoom={zoom} />
        </Suspense>
      )}
    </>
  );
}

function Opening() {
  return (
    <p role="status" className={styles["notice"]}>
      <Trans>Opening the document</Trans>
    </p>
  );
}

/** Rather the words alone than a place that is a guess. */
function Unplaced({ quote }: { quote: string }) {
  return (
    <div className={styles["notice"]}>
      <p>
        <Trans>The exact place in the document is not known. The passage reads:</Trans>
      </p>
      <blockquote dir="auto" className={styles["quote"]}>
        {quote}
      </blockquote>
    </div>
  );
}
