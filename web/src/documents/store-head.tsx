import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Ellipsis, FileUp, FolderUp, MessageSquareText, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { useLocation } from "wouter";
import type { VectorStoreBody } from "../../../src/protocol/vector-stores.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { Bytes } from "./bytes.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { chosenFiles } from "./dropped-files.ts";
import { NameDialog } from "./name-dialog.tsx";
import { useStoreChange } from "./store-queries.ts";
import { deleteStore, renameStore } from "./store-requests.ts";
import styles from "./store-view.module.css";
import { useAskStore } from "./use-ask-store.ts";

interface StoreHeadProps {
  store: VectorStoreBody;
  add: (files: File[]) => void;
}

export function StoreHead({ store, add }: StoreHeadProps) {
  const { id, name, usage_bytes: bytes, file_counts: counts } = store;
  const { in_progress: reading, failed, total } = counts;
  return (
    <header className={styles["head"]}>
      <div className={styles["names"]}>
        <h2 id="store-name" className={styles["name"]} dir="auto">
          {name ?? id}
        </h2>
        <p className={styles["counts"]}>
          <span>
            <Plural value={total} one="# document" other="# documents" />
          </span>
          {bytes === 0 ? null : (
            <span>
              <Bytes value={bytes} />
            </span>
          )}
          {reading === 0 ? null : (
            <span>
              <Trans>Being read: {reading}</Trans>
            </span>
          )}
          {failed === 0 ? null : (
            <span className={styles["failed"]}>
              <Trans>Failed: {failed}</Trans>
            </span>
          )}
        </p>
      </div>
      <div className={styles["tools"]}>
        <FileTrigger allowsMultiple onSelect={(files) => add([...(files ?? [])])}>
          <Button look="primary">
            <Icon of={FileUp} />
            <Trans>Add documents</Trans>
          </Button>
        </FileTrigger>
        <FileTrigger acceptDirectory onSelect={(files) => add(chosenFiles(files ?? []))}>
          <Button look="outlined">
            <Icon of={FolderUp} />
            <Trans>Add a folder</Trans>
          </Button>
        </FileTrigger>
        <StoreMenu store={store} />
      </div>
    </header>
  );
}

function StoreMenu({ store: { id, name } }: { store: VectorStoreBody }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const askStore = useAskStore();
  const rename = useStoreChange(id, (next: string) => renameStore(id, next));
  const remove = useStoreChange(id, () => deleteStore(id));
  const close = (): void => setDialog(null);
  const shown = name ?? id;
  return (
    <>
      <Menu
        label={t`Store`}
        groups={[
          {
            entries: [
              {
                id: "ask",
                label: t`Ask this store`,
                icon: MessageSquareText,
                act: () => askStore(id),
              },
              { id: "rename", label: t`Rename`, icon: Pencil, act: () => setDialog("rename") },
            ],
          },
          {
            entries: [
              {
                id: "delete",
                label: t`Delete`,
                icon: Trash2,
                isDangerous: true,
                act: () => setDialog("delete"),
              },
            ],
          },
        ]}
      >
        <IconButton label={t`More about this store`} icon={Ellipsis} />
      </Menu>
      <NameDialog
        title={t`Rename store`}
        action={t`Rename`}
        name={name ?? ""}
        isOpen={dialog === "rename"}
        close={close}
        save={(next) => rename.mutateAsync(next)}
      />
      <ConfirmDialog
        title={t`Delete ${shown}?`}
        action={t`Delete store`}
        isOpen={dialog === "delete"}
        close={close}
        confirm={async () => {
          await remove.mutateAsync(undefined);
          navigate("/documents");
        }}
      >
        <Trans>
          Nothing in it can be asked any more. Its files stay on the server until they are deleted.
        </Trans>
      </ConfirmDialog>
    </>
  );
}
