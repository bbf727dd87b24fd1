import { Trans } from "@lingui/react/macro";
import { useMemo } from "react";
import type { AnswerEvidence } from "../evidence.ts";
import type { Passage } from "../passages.ts";
import { entriesOf } from "./entries.ts";
import { RetrievedRow } from "./retrieved-row.tsx";
import styles from "./retrieved.module.css";

interface RetrievedTabProps {
  evidence: AnswerEvidence;
  /** `citation`: its position, when the answer was given the passage. */
  show: (passage: Passage, citation: number | null) => void;
}

/** Everything that was found, in the order it was found good, and what became of it. */
export function RetrievedTab({ evidence, show }: RetrievedTabProps) {
  const entries = useMemo(() => entriesOf(evidence), [evidence]);
  const used = entries.filter(({ outcome }) => outcome === "used").length;
  const left = entries.length - used;
  const nearMisses = evidence.trace?.near_misses?.count;
  if (entries.length === 0) {
    return (
      <p className={styles["none"]}>
        <Trans>Nothing was searched for this answer, or nothing was found.</Trans>
      </p>
    );
  }
  return (
    <div className={styles["tab"]} tabIndex={0} role="region" aria-labelledby="retrieved-summary">
      <p id="retrieved-summary" className={styles["summary"]}>
        <Trans>
          Used: {used} · Left out: {left}
        </Trans>
      </p>
      {nearMisses === undefined ? null : (
        <p className={styles["note"]}>
          <Trans>More that would pass at the next lower strictness: {nearMisses}</Trans>
        </p>
      )}
      <ol className={styles["list"]}>
        {entries.map((entry) => (
          <RetrievedRow key={entry.rank} entry={entry} show={show} />
        ))}
      </ol>
    </div>
  );
}
