import { Plural, Trans } from "@lingui/react/macro";
import styles from "./answer-view.module.css";
import type { ShownAnswer } from "./shown-answer.ts";

/** What a reasoning model thought before it answered, folded away. */
export function Reasoning({
  answer: { reasoning, reasoningMilliseconds, status },
}: {
  answer: ShownAnswer;
}) {
  const seconds = Math.max(1, Math.round((reasoningMilliseconds ?? 0) / 1000));
  return (
    <details className={styles["reasoning"]}>
      <summary>
        {status === "thinking" ? (
          <Trans>What the model thinks</Trans>
        ) : (
          <Plural value={seconds} one="Thought for # second" other="Thought for # seconds" />
        )}
      </summary>
      <div className={styles["thoughts"]} dir="auto">
        {reasoning}
      </div>
    </details>
  );
}
