import { Trans } from "@lingui/react/macro";
import { Button } from "../ui/button.tsx";
import styles from "./bay.module.css";
import { PassageSteps, type Steps } from "./passage-steps.tsx";
import type { Passage } from "./passages.ts";

interface SourceFootProps {
  passage: Passage;
  steps: Steps;
  close: () => void;
}

/** On narrow windows: the cited words, and what a thumb reaches. Wide ones do without. */
export function SourceFoot({ passage, steps, close }: SourceFootProps) {
  return (
    <footer className={styles["foot"]}>
      <p className={styles["footnote"]}>
        <Trans>Cited in the answer</Trans>
      </p>
      <p className={styles["cited"]} dir="auto">
        {passage.quote}
      </p>
      <div className={styles["actions"]}>
        <Button onPress={close}>
          <Trans>Back to answer</Trans>
        </Button>
        <PassageSteps steps={steps} />
      </div>
    </footer>
  );
}
