import { Trans, useLingui } from "@lingui/react/macro";
import { GridList, ListLayout, Virtualizer } from "react-aria-components";
import type { VectorStoreBody } from "../../../src/protocol/vector-stores.ts";
import { DocumentRow } from "./document-row.tsx";
import type { OpenedDocument } from "./documents-page.tsx";
import { useDocuments } from "./store-queries.ts";
import styles from "./document-list.module.css";

/** CSS pixels; a row with a reason is measured. */
const LIKELY_ROW = 64;
/** More is fetched when the end is this near. */
const NEAR_END = 600;

interface DocumentListProps {
  store: VectorStoreBody;
  opened: OpenedDocument | null;
  open: (document: OpenedDocument) => void;
}

/** The documents of a store; only visible rows are in the page, so that thousands stay smooth. */
export function DocumentList({ store, opened, open }: DocumentListProps) {
  const { t } = useLingui();
  const { data, error, isSuccess, hasNextPage, isFetchingNextPage, fetchNextPage } = useDocuments(
    store.id,
  );
  const documents = data?.pages.flatMap((page) => page.data) ?? [];
  if (error) {
    return (
      <p role="alert" className={styles["error"]}>
        {error.message}
      </p>
    );
  }
  if (!isSuccess) return null;
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{ estimatedRowHeight: LIKELY_ROW }}>
      <GridList
        aria-label={t`Documents`}
        className={styles["list"] ?? ""}
        items={documents}
        dependencies={[opened?.id]}
        renderEmptyState={() => (
          <p className={styles["empty"]}>
            <Trans>
              Nothing here yet. Drop files or folders anywhere on this page, paste them, or add them
              by the button above.
            </Trans>
          </p>
        )}
        onAction={(id) => {
          const document = documents.find((candidate) => candidate.id === id);
          if (document?.status === "completed") open(document);
        }}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          const isNearEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
          if (isNearEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage();
        }}
      >
        {(document) => (
          <DocumentRow
            storeId={store.id}
            document={document}
            isOpen={document.id === opened?.id}
            open={() => open(document)}
          />
        )}
      </GridList>
    </Virtualizer>
  );
}
