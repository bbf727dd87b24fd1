import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Check, Copy } from "lucide-react";
import type { CreatedKeyBody } from "../../../../src/protocol/keys.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useCopy } from "../../ui/use-copy.ts";
import { useRefreshKeys } from "./use-keys.ts";
import styles from "./keys.module.css";

interface SecretDialogProps {
  /** Null: none was made. */
  created: CreatedKeyBody | null;
  close: () => void;
}

/** A new key, this once. */
export function SecretDialog({ created, close }: SecretDialogProps) {
  const { t } = useLingui();
  const queries = useQueryClient();
  const refresh = useRefreshKeys();
  const { isCopied, copy } = useCopy();
  if (created === null) return null;
  const { key, name, closes_server: isClosing } = created;

  function done(): void {
    close();
    void (isClosing ? queries.resetQueries() : refresh());
  }
  return (
    <Dialog title={t`The key “${name}”`} isOpen close={done} isAlert>
      <p className={styles["words"]}>
        <Trans>
          Copy it now: it is not shown again. The server keeps only what it needs to know it again.
        </Trans>
      </p>
      <input
        className={styles["secret"]}
        aria-label={t`API key`}
        dir="ltr"
        readOnly
        autoFocus
        value={key}
        onFocus={({ target }) => target.select()}
      />
      {isClosing ? (
        <p className={styles["words"]}>
          <Trans>
            It is the first key. Until now everybody on the server’s machine was let in; from now on
            every request needs a key. This page goes on with this one.
          </Trans>
        </p>
      ) : null}
      <DialogActions>
        <Button onPress={done}>
          <Trans>Done</Trans>
        </Button>
        <Button look="primary" onPress={() => copy(key)}>
          <Icon of={isCopied ? Check : Copy} />
          {isCopied ? <Trans>Copied</Trans> : <Trans>Copy the key</Trans>}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
