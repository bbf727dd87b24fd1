import { Trans, useLingui } from "@lingui/react/macro";
import { FileText } from "lucide-react";
import { GridListItem } from "react-aria-components";
import type { StoreDocumentBody } from "../../../src/protocol/documents.ts";
import { Icon } from "../ui/icon.tsx";
import { Bytes } from "./bytes.tsx";
import styles from "./document-list.module.css";
import { DocumentMenu } from "./document-menu.tsx";

interface DocumentRowProps {
  storeId: string;
  document: StoreDocumentBody;
  isOpen: boolean;
  open: () => void;
}

export function DocumentRow({ storeId, document, isOpen, open }: DocumentRowProps) {
  const { i18n } = useLingui();
  const { id, filename, bytes, created_at: createdAt, status, last_error: error } = document;
  const attributes = Object.keys(document.attributes).length;
  return (
    <GridListItem
      id={id}
      textValue={filename}
      className={styles["row"] ?? ""}
      data-open={isOpen}
      data-status={status}
    >
      <span className={styles["icon"]}>
        <Icon of={FileText} />
      </span>
      <span className={styles["words"]}>
        <span className={styles["name"]} dir="auto">
          {filename}
        </span>
        <span className={styles["meta"]}>
          <Stage document={document} />
          <span>
            <Bytes value={bytes} />
          </span>
          <span>{i18n.date(new Date(createdAt * 1_000), { dateStyle: "medium" })}</span>
          {attributes === 0 ? null : (
            <span>
              <Trans>Attributes: {attributes}</Trans>
            </span>
          )}
        </span>
        {error === null ? null : (
          <span className={styles["reason"]} dir="auto">
            {error.message}
          </span>
        )}
      </span>
      <DocumentMenu storeId={storeId} document={document} open={open} />
    </GridListItem>
  );
}

/** How far the document is read. */
function Stage({ document: { status, stage } }: { document: StoreDocumentBody }) {
  return (
    <span className={styles["stage"]} data-status={status}>
      <StageWords status={status} stage={stage} />
    </span>
  );
}

function StageWords({ status, stage }: Pick<StoreDocumentBody, "status" | "stage">) {
  switch (status) {
    case "completed":
      return <Trans>Ready</Trans>;
    case "failed":
      return <Trans>Failed</Trans>;
    case "cancelled":
      return <Trans>Cancelled</Trans>;
    case "in_progress":
      break;
  }
  switch (stage) {
    case "queued":
      return <Trans>Queued</Trans>;
    case "embed":
      return <Trans>Embedding</Trans>;
    case "index":
      return <Trans>Indexing</Trans>;
    default:
      return <Trans>Parsing</Trans>;
  }
}
