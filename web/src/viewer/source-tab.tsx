import { useLingui } from "@lingui/react/macro";
import { useMemo, useRef, useState } from "react";
import styles from "./bay.module.css";
import { DocumentView } from "./document-view.tsx";
import { PassageStrip } from "./passage-strip.tsx";
import { type Passage, passagesOf } from "./passages.ts";
import { RemotePassage } from "./remote-passage.tsx";
import { SourceFoot } from "./source-foot.tsx";
import { SourceHead } from "./source-head.tsx";
import { useFocusPassage } from "./use-focus-passage.ts";

interface SourceTabProps {
  passages: Passage[];
  /** Position in `passages`. */
  current: number;
  select: (position: number) => void;
  close: () => void;
}

/** The document of the current passage, at it. */
export function SourceTab({ passages, current, select, close }: SourceTabProps) {
  const { t } = useLingui();
  const scroller = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(1);
  const passage = passages[current];
  useFocusPassage(scroller, passage);
  const order = useMemo(() => passagesOf(passages, passage), [passages, passage]);
  const inDocument = useMemo(
    () => order.flatMap((position) => passages[position] ?? []),
    [passages, order],
  );
  if (passage === undefined) return null;
  const place = order.indexOf(current);
  const steps = {
    place,
    count: order.length,
    step: (by: number) => {
      const next = order[place + by];
      if (next !== undefined) select(next);
    },
  };
  return (
    <section className={styles["source"]} aria-label={passage.title}>
      <SourceHead passage={passage} steps={steps} zoom={zoom} setZoom={setZoom} />
      <div className={styles["frame"]}>
        <div
          ref={scroller}
          className={styles["scroller"]}
          tabIndex={0}
          role="region"
          aria-label={t`Document`}
        >
          {/* The text of a drawn page is a poor read in a screen reader; the passage itself is here. */}
          <blockquote className="visually-hidden" dir="auto">
            {passage.quote}
          </blockquote>
          {passage.fileId === null ? (
            <RemotePassage passage={passage} />
          ) : (
            <DocumentView
              key={passage.fileId}
              fileId={passage.fileId}
              passages={inDocument}
              current={place}
              zoom={zoom}
              scroller={scroller}
            />
          )}
        </div>
        <PassageStrip scroller={scroller} />
      </div>
      <SourceFoot passage={passage} steps={steps} close={close} />
    </section>
  );
}
