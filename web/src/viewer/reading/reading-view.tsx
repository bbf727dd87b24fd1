import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import type { DocumentOutline } from "../document-queries.ts";
import type { Passage } from "../passages.ts";
import { hasNamedParts } from "../place.ts";
import { useNear } from "../use-near.ts";
import { type Painted, paintedBy } from "./block-ranges.ts";
import { ReadingPart } from "./reading-part.tsx";
import styles from "./reading.module.css";

const PASSAGE_AT = 0.25;

interface ReadingViewProps {
  fileId: string;
  outline: DocumentOutline;
  passages: Passage[];
  /** Position in `passages`. */
  current: number;
  scroller: RefObject<HTMLElement | null>;
}

/**
 * A document as text at the current passage. Passages are painted by the CSS Custom Highlight API, so that selecting, finding
 * in the page and copying see the document as it is.
 */
export function ReadingView({ fileId, outline, passages, current, scroller }: ReadingViewProps) {
  const paper = useRef<HTMLDivElement>(null);
  const isNamed = hasNamedParts(outline.kind) && outline.parts.length > 1;
  const { near, observe } = useNear(scroller);
  const [version, setVersion] = useState(0);
  const onChange = useCallback(() => setVersion((before) => before + 1), []);
  const wanted = passages[current]?.anchor;
  const part = wanted?.kind === "view" ? wanted.part : null;
  const arrived = useRef<Passage | null>(null);

  // The part is brought near first; once its text is there, the passage is.
  useLayoutEffect(() => {
    arrived.current = null;
    if (part === null) return;
    paper.current?.querySelector(`[data-part="${part}"]`)?.scrollIntoView({ block: "start" });
  }, [part, passages, current]);

  useLayoutEffect(() => {
    const container = paper.current;
    if (!container) return;
    const painted = paint(container, passages, current);
    const passage = passages[current];
    if (painted?.first && passage && arrived.current !== passage && scroller.current) {
      arrived.current = passage;
      scrollTo(scroller.current, painted);
    }
  }, [version, passages, current, scroller]);
  useEffect(() => clearHighlights, []);

  return (
    <div ref={paper} className={styles["paper"]} data-kind={outline.kind} dir="auto">
      {outline.parts.map(({ index, label }) => (
        <ReadingPart
          key={index}
          fileId={fileId}
          index={index}
          label={isNamed ? label : null}
          observe={observe}
          isNear={near.has(index) || index === part}
          onChange={onChange}
        />
      ))}
    </div>
  );
}

/** Marks all passages; answers what is painted of the current one. */
function paint(container: HTMLElement, passages: Passage[], current: number): Painted | null {
  for (const row of container.querySelectorAll("[data-cited]")) row.removeAttribute("data-cited");
  const others: Range[] = [];
  let shown: Painted | null = null;
  for (const [index, { anchor }] of passages.entries()) {
    if (anchor?.kind !== "view") continue;
    const painted = paintedBy(container, anchor);
    if (index === current) shown = painted;
    else {
      others.push(...painted.ranges);
      for (const row of painted.rows) row.dataset["cited"] = "other";
    }
  }
  for (const row of shown?.rows ?? []) row.dataset["cited"] = "current";
  setStart(container, shown?.first ?? null);
  CSS.highlights.set("cited-other", new Highlight(...others));
  CSS.highlights.set("cited", new Highlight(...(shown?.ranges ?? [])));
  return shown;
}

/** Where the current passage begins can take the focus. One that has it keeps it. */
function setStart(container: HTMLElement, start: HTMLElement | null): void {
  for (const block of container.querySelectorAll("[data-passage]")) {
    if (block === start) return;
    block.removeAttribute("data-passage");
    block.removeAttribute("tabindex");
  }
  if (!start) return;
  start.dataset["passage"] = "";
  start.tabIndex = -1;
}

function clearHighlights(): void {
  CSS.highlights.delete("cited");
  CSS.highlights.delete("cited-other");
}

function scrollTo(scroller: HTMLElement, { first, ranges }: Painted): void {
  const place = ranges[0] ?? first;
  if (!place) return;
  const top = place.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  scroller.scrollTop += top - scroller.clientHeight * PASSAGE_AT;
}
