import { Trans, useLingui } from "@lingui/react/macro";
import { type ClipboardEvent, useCallback } from "react";
import { DropZone, Text } from "react-aria-components";
import { useAnnounce } from "../app/announcer.tsx";
import { DocumentList } from "./document-list.tsx";
import type { OpenedDocument } from "./documents-page.tsx";
import { droppedFiles } from "./dropped-files.ts";
import { StoreHead } from "./store-head.tsx";
import { useStore } from "./store-queries.ts";
import styles from "./store-view.module.css";
import { UploadList } from "./upload-list.tsx";
import { useUploads } from "./uploads.ts";

interface StoreViewProps {
  id: string;
  opened: OpenedDocument | null;
  open: (document: OpenedDocument) => void;
}

/** One store: its documents, and a place where more can be dropped or pasted. */
export function StoreView({ id, opened, open }: StoreViewProps) {
  const { t } = useLingui();
  const announce = useAnnounce();
  const { data: store, error } = useStore(id);
  const [, uploads] = useUploads();
  const add = useCallback(
    (files: File[]) => {
      if (files.length === 0) return;
      uploads.add(id, files);
      announce(t`Documents are being added.`);
    },
    [uploads, id, announce, t],
  );

  function paste(event: ClipboardEvent): void {
    if (event.target instanceof HTMLInputElement) return;
    const files = [...event.clipboardData.files];
    const text = event.clipboardData.getData("text/plain");
    if (files.length > 0) add(files);
    else if (text.trim() !== "") add([new File([text], pastedName(), { type: "text/plain" })]);
  }
  return (
    <section className={styles["store"]} aria-labelledby="store-name" onPaste={paste}>
      <DropZone
        className={styles["zone"] ?? ""}
        onDrop={({ items }) => void droppedFiles(items).then(add)}
      >
        <Text slot="label" className={styles["over"] ?? ""}>
          <Trans>Drop files and folders to add them</Trans>
        </Text>
        {error ? (
          <p role="alert" className={styles["error"]}>
            {error.message}
          </p>
        ) : null}
        {store ? <StoreHead store={store} add={add} /> : null}
        <UploadList storeId={id} />
        {store ? <DocumentList store={store} opened={opened} open={open} /> : null}
      </DropZone>
    </section>
  );
}

/** "Pasted 2026-11-27 08.30.15.txt" */
function pastedName(): string {
  const now = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  return `Pasted ${now}.txt`;
}
