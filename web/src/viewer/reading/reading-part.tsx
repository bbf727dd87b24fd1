import { memo, useEffect, useLayoutEffect, useRef } from "react";

import { usePart } from "../document-queries.ts";
import styles from "./reading.module.css";

/** CSS pixels; a part is at most 64 KB of HTML, most are about this high. */
const LIKELY_HEIGHT = 1_200;

/** Cells with no more characters stay on one line: dates, amounts, names. */
const SHORT_CELL = 18;

interface ReadingPartProps {
  fileId: string;
  index: number;
  /** Shown above; null where the text has headings of its own. */
  label: string | null;
  observe: (element: Element, index: number) => () => void;
  isNear: boolean;
  /** The part's text has come or gone. */
  onChange: () => void;
}

/** One part of a reading view: fetched and in the page while it is near, else a place as high as it was. */
export const ReadingPart = memo(function ReadingPart(props: ReadingPartProps) {
  const { fileId, index, label, observe, isNear, onChange } = props;
  const frame = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const height = useRef(LIKELY_HEIGHT);
  const { data, error } = usePart(fileId, index, isNear);
  const html = isNear ? (data ?? null) : null;

  useEffect(() => (frame.current ? observe(frame.current, index) : undefined), [observe, index]);
  useLayoutEffect(() => {
    const [shown, outer] = [content.current, frame.current];
    if (!shown || html === null) return;
    shown.replaceChildren(...elementsOf(html));
    if (outer) height.current = outer.offsetHeight;
    onChange();
    return () => {
      shown.replaceChildren();
      onChange();
    };
  }, [html, onChange]);

  const isThere = html !== null || error !== null;
  return (
    <section
      ref={frame}
      className={styles["part"]}
      style={isThere ? {} : { minBlockSize: height.current }}
      data-part={index}
    >
      {label === null ? null : <h3 className={styles["label"]}>{label}</h3>}
      {error === null ? null : <p role="alert">{error.message}</p>}
      <div ref={content} className={styles["content"]} />
    </section>
  );
});

/** The server makes parts of escaped text; parsed like this nothing of them runs. */
function elementsOf(html: string): Node[] {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const cell of body.querySelectorAll<HTMLElement>("td, th")) {
    if ((cell.textContent ?? "").length <= SHORT_CELL) cell.dataset["short"] = "";
  }
  for (const code of body.querySelectorAll<HTMLElement>("pre[data-line]")) {
    const first = Number(code.dataset["line"]);
    const count = (code.textContent ?? "").split("\n").length;
    code.dataset["numbers"] = Array.from({ length: count }, (_, line) => first + line).join("\n");
  }
  return [...body.childNodes];
}
