import { Trans } from "@lingui/react/macro";
import { useMemo } from "react";
import type { RetrievedDocument } from "../../../../src/protocol/events.ts";
import { useMessage } from "../document-queries.ts";
import type { AnswerEvidence } from "../evidence.ts";
import type { Passage } from "../passages.ts";
import { entriesOf } from "./entries.ts";
import { RetrievedRow } from "./retrieved-row.tsx";
import styles from "./retrieved.module.css";

interface FoundProps {
  evidence: AnswerEvidence;
  retrieved: RetrievedDocument[];
  /** `citation`: its position, when the answer was given the passage. */
  show: (passage: Passage, citation: number | null) => void;
}

interface RetrievedTabProps extends Omit<FoundProps, "retrieved"> {
  conversationId: string | null;
}

/** Everything that was found for an answer; of one from before the page was opened it is fetched now. */
export function RetrievedTab({ conversationId, ...props }: RetrievedTabProps) {
  const { id, retrieved } = props.evidence;
  const { data, error } = useMessage(retrieved === null ? conversationId : null, id);
  const found = retrieved ?? data?.answer?.retrieved;
  if (found !== undefined) return <Found {...props} retrieved={found} />;
  if (error === null) return <div aria-busy="true" />;
  const { message } = error;
  return (
    <p role="alert" className={styles["none"]}>
      <Trans>What was found cannot be shown: {message}</Trans>
    </p>
  );
}

/** In the order it was found good, with what became of it. */
function Found({ evidence, retrieved, show }: FoundProps) {
  const entries = useMemo(() => entriesOf(evidence, retrieved), [evidence, retrieved]);
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
