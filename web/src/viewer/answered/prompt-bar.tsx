import { Trans, useLingui } from "@lingui/react/macro";
import type { TracedPrompt } from "../../../../src/protocol/trace.ts";
import styles from "./answered.module.css";
import { type PromptPart, promptShares } from "./steps.ts";

/** What the model was given, as a share of all it can read and write. */
export function PromptBar({ prompt }: { prompt: TracedPrompt }) {
  const { i18n } = useLingui();
  const shares = promptShares(prompt);
  const tokens = i18n.number(prompt.window);
  return (
    <figure className={styles["prompt"]}>
      <div className={styles["window"]} aria-hidden="true">
        {shares.map(({ part, share }) => (
          <i key={part} data-part={part} style={{ inlineSize: `${share * 100}%` }} />
        ))}
      </div>
      <figcaption>
        <Trans>Of {tokens} tokens the model can take:</Trans>
      </figcaption>
      <dl className={styles["parts"]}>
        {shares.map((share) => (
          <div key={share.part}>
            <dt data-part={share.part}>
              <PartName part={share.part} />
            </dt>
            <dd>{i18n.number(share.tokens)}</dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

function PartName({ part }: { part: PromptPart }) {
  switch (part) {
    case "instructions":
      return <Trans>Instructions</Trans>;
    case "tools":
      return <Trans>Tools</Trans>;
    case "history":
      return <Trans>Conversation</Trans>;
    case "question":
      return <Trans>Question</Trans>;
    case "other":
      return <Trans>Other</Trans>;
    case "passages":
      return <Trans>Passages</Trans>;
    case "answer_reserve":
      return <Trans>Kept for the answer</Trans>;
  }
}
