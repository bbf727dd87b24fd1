import { Trans, useLingui } from "@lingui/react/macro";
import { ArrowUp, Square } from "lucide-react";
import {
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  memo,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { Button as AriaButton } from "react-aria-components";
import { AttachButton } from "../attachments/attach-button.tsx";
import { FileChips } from "../attachments/file-chips.tsx";
import type { Asking } from "../chat/use-asking.ts";
import { isOffline, messageOf } from "../session.ts";
import { Icon } from "../ui/icon.tsx";
import styles from "./composer.module.css";
import { ModelPicker } from "./model-picker.tsx";
import { SourcePicker } from "./source-picker.tsx";
import { useDraft } from "./use-draft.ts";

interface ComposerProps {
  conversationId: string | null;
  asking: Asking;
  isBusy: boolean;
  /** Null: there is nothing to ask yet, and why. */
  disabledBecause: string | null;
  stop: () => void;
}

/** Where questions are written. */
export const Composer = memo(function Composer(props: ComposerProps) {
  const { conversationId, asking, isBusy, disabledBecause, stop } = props;
  const { t } = useLingui();
  const [text, setText] = useDraft(conversationId);
  const [failure, setFailure] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const question = text.trim();
  const { attached } = asking;
  const isReading = attached.files.some(
    ({ status }) => status === "uploading" || status === "reading",
  );
  const reason = isReading
    ? t`The question can be asked once the files are read.`
    : disabledBecause;
  const canAsk = question !== "" && !isBusy && reason === null;

  useEffect(() => {
    // On a phone the keyboard would cover what the reader came for.
    if (matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, []);

  function submit(event?: FormEvent): void {
    event?.preventDefault();
    if (!canAsk) return;
    setText("");
    setFailure(null);
    asking.ask(question).catch((error: unknown) => {
      setText(question);
      setFailure(isOffline(error) ? t`the server does not answer` : messageOf(error));
    });
    field.current?.focus();
  }

  function onPaste(event: ClipboardEvent): void {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    attached.add(files);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }

  return (
    <form className={styles["composer"]} onSubmit={submit}>
      <FileChips files={attached.files} remove={attached.remove} />
      <textarea
        ref={field}
        className={styles["text"]}
        rows={1}
        dir="auto"
        aria-label={t`Your question`}
        aria-describedby={reason === null ? undefined : "composer-reason"}
        placeholder={t`Ask about your documents`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      {reason === null ? null : (
        <p id="composer-reason" className={styles["reason"]}>
          {reason}
        </p>
      )}
      {failure === null ? null : (
        <p className={styles["failure"]} role="alert">
          <Trans>The question could not be sent: {failure}</Trans>
        </p>
      )}
      <div className={styles["bar"]}>
        <AttachButton add={attached.add} />
        <SourcePicker asking={asking} />
        <ModelPicker asking={asking} />
        <SendButton canAsk={canAsk} stop={isBusy ? stop : null} />
      </div>
    </form>
  );
});

/** Sends, or stops what is being answered. */
function SendButton({ canAsk, stop }: { canAsk: boolean; stop: (() => void) | null }): ReactNode {
  const { t } = useLingui();
  if (stop !== null) {
    return (
      <AriaButton className={styles["send"] ?? ""} aria-label={t`Stop`} onPress={stop}>
        <span className={styles["square"]}>
          <Icon of={Square} size={12} />
        </span>
      </AriaButton>
    );
  }
  return (
    <AriaButton
      type="submit"
      className={styles["send"] ?? ""}
      aria-label={t`Ask`}
      isDisabled={!canAsk}
    >
      <Icon of={ArrowUp} />
    </AriaButton>
  );
}
