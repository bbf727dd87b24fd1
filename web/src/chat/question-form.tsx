import { Trans, useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import styles from "./turn-view.module.css";

interface QuestionFormProps {
  question: string;
  save: (question: string) => void;
  cancel: () => void;
}

/** A question being changed where it stands; the one before stays as another version. */
export function QuestionForm({ question, save, cancel }: QuestionFormProps) {
  const { t } = useLingui();
  const [text, setText] = useState(question);
  const isEmpty = text.trim() === "";

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      cancel();
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (!isEmpty) save(text.trim());
  }

  return (
    <div className={styles["form"]}>
      <textarea
        className={styles["field"]}
        dir="auto"
        aria-label={t`Your question, changed`}
        autoFocus
        value={text}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className={styles["formActions"]}>
        <Button onPress={cancel}>
          <Trans>Cancel</Trans>
        </Button>
        <Button look="primary" isDisabled={isEmpty} onPress={() => save(text.trim())}>
          <Trans>Ask</Trans>
        </Button>
      </div>
    </div>
  );
}
