import { type FormEvent, type KeyboardEvent, useState } from "react";

import styles from "./composer.module.css";

interface ComposerProps {
  isBusy: boolean;
  /** Null: there is nothing to ask yet, and why. */
  disabledBecause: string | null;
  ask: (question: string) => void;
  stop: () => void;
}

export function Composer({ isBusy, disabledBecause, ask, stop }: ComposerProps) {
  const [text, setText] = useState("");
  const question = text.trim();

  function submit(event?: FormEvent): void {
    event?.preventDefault();
    if (question === "" || isBusy || disabledBecause !== null) return;
    ask(question);
    setText("");
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }

  return (
    <form className={styles["composer"]} onSubmit={submit}>
      <label className="visually-hidden" htmlFor="question">
        Your question
      </label>
      <textarea
        id="question"
        className={styles["text"]}
        rows={1}
        dir="auto"
        placeholder={disabledBecause ?? "Ask your documents"}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {isBusy ? (
        <button type="button" className={styles["send"]} onClick={stop}>
          Stop
        </button>
      ) : (
        <button
          type="submit"
          className={styles["send"]}
          disabled={question === "" || disabledBecause !== null}
        >
          Ask
        </button>
      )}
    </form>
  );
}
