import { useLingui } from "@lingui/react/macro";
import type { PdfRegion } from "../../../../src/protocol/documents.ts";
import type { Passage } from "../passages.ts";
import { type Box, edgeBars } from "./page-layout.ts";
import styles from "./pdf.module.css";

/** Lines fill one after the other; all of them within 400 ms. */
const STAGGER_MS = 20;
const LATEST_START_MS = 220;

export interface PageMark {
  key: string;
  region: PdfRegion;
  isCurrent: boolean;
  /** The passage begins here. */
  isFirst: boolean;
}

/** By 1-based page. The current passage comes last, so that it lies on top. */
export function marksByPage(passages: Passage[], current: number): Map<number, PageMark[]> {
  const marks = new Map<number, PageMark[]>();
  const order = passages.map((_, index) => index).toSorted((left) => (left === current ? 1 : -1));
  for (const index of order) {
    const anchor = passages[index]?.anchor;
    if (anchor?.kind !== "pdf") continue;
    for (const [part, region] of anchor.regions.entries()) {
      const mark = {
        key: `${index}:${part}`,
        region,
        isCurrent: index === current,
        isFirst: part === 0,
      };
      marks.set(region.page, [...(marks.get(region.page) ?? []), mark]);
    }
  }
  return marks;
}

interface PageMarksProps {
  lines: Box[];
  page: number;
  isCurrent: boolean;
  isFirst: boolean;
}

/** A passage on a page, painted as by a marker pen. The current one can take the focus where it begins. */
export function PageMarks({ lines, page, isCurrent, isFirst }: PageMarksProps) {
  const { t } = useLingui();
  return (
    <div className={styles["marks"]}>
      {lines.map((line, index) => (
        <div
          key={index}
          className={styles["line"]}
          data-mark={isCurrent ? "current" : "other"}
          style={{ ...line, animationDelay: `${Math.min(index * STAGGER_MS, LATEST_START_MS)}ms` }}
          {...(isCurrent && isFirst && index === 0
            ? {
                "data-passage": "",
                tabIndex: -1,
                role: "group",
                "aria-label": t`Cited passage, page ${page}`,
              }
            : {})}
        />
      ))}
      {isCurrent
        ? edgeBars(lines).map((bar, index) => (
            <div key={index} className={styles["bar"]} style={bar} />
          ))
        : null}
    </div>
  );
}
