import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useLocation, useRoute } from "wouter";
import { BayFrame } from "../app/bay-frame.tsx";
import { PageBar } from "../app/page-bar.tsx";
import { useSources } from "../sources/use-sources.ts";
import styles from "./documents-page.module.css";
import { DocumentPanel } from "./preview/document-panel.tsx";
import { StoreList } from "./store-list.tsx";
import { StoreView } from "./store-view.tsx";

/** A document that is looked at. */
export interface OpenedDocument {
  id: string;
  filename: string;
}

/** The stores of this server and their documents. Which store is shown stands in the address. */
export function DocumentsPage() {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const [, parameters] = useRoute("/documents/:id");
  const { data: sources = [], error, isSuccess } = useSources();
  const stores = sources.filter(({ type }) => type === "file_search");
  const selected = stores.find(({ id }) => id === parameters?.id) ?? stores[0] ?? null;
  const [opened, setOpened] = useState<OpenedDocument | null>(null);
  useEffect(() => setOpened(null), [selected?.id]);

  return (
    <div className={styles["page"]}>
      <main className={styles["main"]}>
        <PageBar title={t`Documents`} />
        {error ? (
          <p role="alert" className={styles["error"]}>
            {error.message}
          </p>
        ) : null}
        <div className={styles["body"]}>
          <StoreList
            stores={stores}
            selected={selected?.id ?? null}
            choose={(id) => navigate(`/documents/${id}`)}
          />
          {selected === null ? (
            isSuccess && (
              <p className={styles["hint"]}>
                <Trans>
                  A store holds the documents that are asked together. Create one first.
                </Trans>
              </p>
            )
          ) : (
            <StoreView key={selected.id} id={selected.id} opened={opened} open={setOpened} />
          )}
        </div>
      </main>
      {opened === null || selected === null ? null : (
        <BayFrame close={() => setOpened(null)}>
          <DocumentPanel
            key={opened.id}
            storeId={selected.id}
            document={opened}
            close={() => setOpened(null)}
          />
        </BayFrame>
      )}
    </div>
  );
}
