import { Trans } from "@lingui/react/macro";
import { type FormEvent, useEffect, useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import styles from "./dialogs.module.css";

/** Longest name the API takes. */
const LONGEST = 256;

interface NameDialogProps {
  title: string;
  action: string;
  /** What it is called now. */
  name: string;
  isOpen: boolean;
  close: () => void;
  save: (name: string) => Promise<void>;
}

/** Asks for the name of a store. Stays open with the reason when it cannot be given. */
export function NameDialog({ title, action, name, isOpen, close, save }: NameDialogProps) {
  const field = useId();
  const [value, setValue] = useState(name);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    if (!isOpen) return;
    setValue(name);
    setError(null);
  }, [isOpen, name]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    save(value.trim()).then(close, (thrown: unknown) =>
      setError(thrown instanceof Error ? thrown.message : String(thrown)),
    );
  }
  return (
    <Dialog title={title} isOpen={isOpen} close={close}>
      <form onSubmit={submit} className={styles["form"]}>
        <label htmlFor={field}>
          <Trans>Name</Trans>
        </label>
        <input
          id={field}
          className={styles["field"]}
          dir="auto"
          autoFocus
          autoComplete="off"
          maxLength={LONGEST}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
        {error === null ? null : (
          <p role="alert" className={styles["error"]}>
            {error}
          </p>
        )}
        <DialogActions>
          <Button onPress={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" look="primary" isDisabled={value.trim() === ""}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
