import { Trans, useLingui } from "@lingui/react/macro";
import { Plus, X } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import type { StoreDocumentBody } from "../../../src/protocol/documents.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import {
  type AttributeRow,
  attributesOf,
  LONGEST_NAME,
  LONGEST_VALUE,
  MOST_ATTRIBUTES,
  rowsOf,
} from "./attribute-rows.ts";
import styles from "./dialogs.module.css";
import { useStoreChange } from "./store-queries.ts";
import { type Attributes, setAttributes } from "./store-requests.ts";

interface AttributesDialogProps {
  storeId: string;
  document: StoreDocumentBody;
  isOpen: boolean;
  close: () => void;
}

/** What is known of a document besides its text; questions can be narrowed by it. */
export function AttributesDialog({ storeId, document, isOpen, close }: AttributesDialogProps) {
  const { t } = useLingui();
  const { id: fileId, filename, attributes } = document;
  const [rows, setRows] = useState<AttributeRow[]>([]);
  const [error, setError] = useState<string | null>(null);
  const { mutateAsync: change } = useStoreChange(storeId, (next: Attributes) =>
    setAttributes({ storeId, fileId }, next),
  );
  // The list behind is read anew every second while something is read: what is typed here stays.
  useEffect(() => {
    if (!isOpen) return;
    setRows(rowsOf(attributes));
    setError(null);
  }, [isOpen]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    change(attributesOf(rows)).then(close, (thrown: unknown) =>
      setError(thrown instanceof Error ? thrown.message : String(thrown)),
    );
  }
  const add = (): void =>
    setRows([
      ...rows,
      { key: Math.max(-1, ...rows.map(({ key }) => key)) + 1, name: "", value: "" },
    ]);
  return (
    <Dialog title={t`Attributes of ${filename}`} isOpen={isOpen} close={close}>
      <form onSubmit={submit} className={styles["form"]}>
        {rows.map((row) => (
          <Row
            key={row.key}
            row={row}
            change={(next) => setRows(rows.map((other) => (other.key === row.key ? next : other)))}
            remove={() => setRows(rows.filter(({ key }) => key !== row.key))}
          />
        ))}
        <div>
          <Button onPress={add} isDisabled={rows.length >= MOST_ATTRIBUTES}>
            <Icon of={Plus} />
            <Trans>Add an attribute</Trans>
          </Button>
        </div>
        <p className={styles["hint"]}>
          <Trans>Numbers, true and false are read as such; in quotes they stay text.</Trans>
        </p>
        {error === null ? null : (
          <p role="alert" className={styles["error"]}>
            {error}
          </p>
        )}
        <DialogActions>
          <Button onPress={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" look="primary">
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface RowProps {
  row: AttributeRow;
  change: (row: AttributeRow) => void;
  remove: () => void;
}

function Row({ row, change, remove }: RowProps) {
  const { t } = useLingui();
  return (
    <div className={styles["attribute"]}>
      <input
        className={styles["field"]}
        dir="auto"
        aria-label={t`Name`}
        placeholder={t`Name`}
        maxLength={LONGEST_NAME}
        autoFocus={row.name === ""}
        value={row.name}
        onChange={(event) => change({ ...row, name: event.target.value })}
      />
      <input
        className={styles["field"]}
        dir="auto"
        aria-label={t`Value`}
        placeholder={t`Value`}
        maxLength={LONGEST_VALUE}
        value={row.value}
        onChange={(event) => change({ ...row, value: event.target.value })}
      />
      <IconButton label={t`Remove`} icon={X} onPress={remove} />
    </div>
  );
}
