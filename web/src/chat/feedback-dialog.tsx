import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { useReasonWords } from "../ui/use-reason-words.ts";
import styles from "./feedback-dialog.module.css";

interface FeedbackDialogProps {
  isOpen: boolean;
  close: () => void;
  send: (reasons: string[], text: string | null) => void;
}

/** What was wrong with an answer. */
export function FeedbackDialog({ isOpen, close, send }: FeedbackDialogProps) {
  const { t } = useLingui();
  const [reasons, setReasons] = useState<string[]>([]);
  const [text, setText] = useState("");
  const choices = Object.entries(useReasonWords());
  return (
    <Dialog title={t`What is wrong with this answer?`} isOpen={isOpen} close={close}>
      <fieldset className={styles["reasons"]}>
        <legend className="visually-hidden">
          <Trans>Reasons</Trans>
        </legend>
        {choices.map(([reason, label]) => (
          <label key={reason} className={styles["reason"]}>
            <input
              type="checkbox"
              checked={reasons.includes(reason)}
              onChange={({ target }) =>
                setReasons((chosen) =>
                  target.checked ? [...chosen, reason] : chosen.filter((one) => one !== reason),
                )
              }
            />
            {label}
          </label>
        ))}
      </fieldset>
      <label className={styles["label"]} htmlFor="feedback-text">
        <Trans>In your words (optional)</Trans>
      </label>
      <textarea
        id="feedback-text"
        className={styles["text"]}
        dir="auto"
        rows={3}
        maxLength={4000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <DialogActions>
        <Button onPress={close}>
          <Trans>Cancel</Trans>
        </Button>
        <Button look="primary" onPress={() => send(reasons, text.trim() || null)}>
          <Trans>Send</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
