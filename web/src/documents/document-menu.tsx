import { Trans, useLingui } from "@lingui/react/macro";
import {
  BookOpen,
  Download,
  Ellipsis,
  MessageSquareText,
  RotateCw,
  Tags,
  Trash2,
  Unlink,
} from "lucide-react";
import { useState } from "react";
import type { StoreDocumentBody } from "../../../src/protocol/documents.ts";
import { useAnnounce } from "../app/announcer.tsx";
import { IconButton } from "../ui/button.tsx";
import { Menu, type MenuEntry } from "../ui/menu.tsx";
import { saveOriginal } from "../viewer/original.ts";
import { AttributesDialog } from "./attributes-dialog.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { useStoreChange } from "./store-queries.ts";
import { attach, deleteFile, detach } from "./store-requests.ts";
import { useAskStore } from "./use-ask-store.ts";

interface DocumentMenuProps {
  storeId: string;
  document: StoreDocumentBody;
  open: () => void;
}

/** What can be done with a document. */
export function DocumentMenu({ storeId, document, open }: DocumentMenuProps) {
  const { t } = useLingui();
  const announce = useAnnounce();
  const askStore = useAskStore();
  const [dialog, setDialog] = useState<"attributes" | "detach" | "delete" | null>(null);
  const { id: fileId, filename, status, attributes } = document;
  const again = useStoreChange(storeId, () => attach({ storeId, fileId, attributes }));
  const takeOut = useStoreChange(storeId, () => detach(storeId, fileId));
  const remove = useStoreChange(storeId, () => deleteFile(fileId));
  const close = (): void => setDialog(null);
  const save = (): void => {
    saveOriginal(fileId, filename).catch(() => announce(t`The document could not be downloaded.`));
  };

  const reading: MenuEntry[] = [
    { id: "open", label: t`Show passages`, icon: BookOpen, act: open },
    {
      id: "ask",
      label: t`Ask about this document`,
      icon: MessageSquareText,
      act: () => askStore(storeId, t`In “${filename}”: `),
    },
  ];
  const isSettled = status === "failed" || status === "cancelled";
  return (
    <>
      <Menu
        label={filename}
        groups={[
          {
            entries: [
              ...(status === "completed" ? reading : []),
              ...(isSettled
                ? [
                    {
                      id: "retry",
                      label: t`Try again`,
                      icon: RotateCw,
                      act: () => again.mutate(undefined),
                    },
                  ]
                : []),
              {
                id: "attributes",
                label: t`Attributes`,
                icon: Tags,
                act: () => setDialog("attributes"),
              },
              { id: "download", label: t`Download`, icon: Download, act: save },
            ],
          },
          {
            entries: [
              {
                id: "detach",
                label: t`Take out of this store`,
                icon: Unlink,
                act: () => setDialog("detach"),
              },
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
        <IconButton label={t`More about ${filename}`} icon={Ellipsis} />
      </Menu>
      <AttributesDialog
        storeId={storeId}
        document={document}
        isOpen={dialog === "attributes"}
        close={close}
      />
      <ConfirmDialog
        title={t`Take ${filename} out of this store?`}
        action={t`Take out`}
        isOpen={dialog === "detach"}
        close={close}
        confirm={() => takeOut.mutateAsync(undefined)}
      >
        <Trans>It is no longer found here. The file stays, also in other stores.</Trans>
      </ConfirmDialog>
      <ConfirmDialog
        title={t`Delete ${filename}?`}
        action={t`Delete document`}
        isOpen={dialog === "delete"}
        close={close}
        confirm={() => remove.mutateAsync(undefined)}
      >
        <Trans>It is deleted from every store, and cannot be brought back.</Trans>
      </ConfirmDialog>
    </>
  );
}
