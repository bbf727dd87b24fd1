import { Trans } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog, DialogActions } from "./dialog.tsx";
import styles from "./confirm-dialog.module.css";

interface ConfirmDialogProps {
  title: string;
  action: string;
  isOpen: boolean;
  close: () => void;
  confirm: () => Promise<unknown>;
  /** What is lost. */
  children: ReactNode;
}

/** Asks before something is deleted. Stays open with the reason when it cannot be. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, action, isOpen, close, confirm, children } = props;
  const [error, setError] = useState<string | null>(null);
  function run(): void {
    setError(null);
    confirm().then(close, (thrown: unknown) =>
      setError(thrown instanceof Error ? thrown.message : String(thrown)),
    );
  }
  return (
    <Dialog title={title} isOpen={isOpen} close={close} isAlert>
      <div className={styles["words"]}>{children}</div>
      {error === null ? null : (
        <p role="alert" className={styles["error"]}>
          {error}
        </p>
      )}
      <DialogActions>
        <Button onPress={close} autoFocus>
          <Trans>Cancel</Trans>
        </Button>
        <Button look="danger" onPress={run}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
