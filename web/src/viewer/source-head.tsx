import { Trans, useLingui } from "@lingui/react/macro";
import { Download, ExternalLink, ZoomIn, ZoomOut } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../ui/button.tsx";
import styles from "./bay.module.css";
import { useOutline } from "./document-queries.ts";
import { openOriginal, saveOriginal } from "./original.ts";
import { PassageSteps, type Steps } from "./passage-steps.tsx";
import type { Passage } from "./passages.ts";
import { placeOf } from "./place.ts";
import { nextZoom } from "./pdf/page-layout.ts";

interface SourceHeadProps {
  passage: Passage;
  steps: Steps;
  zoom: number;
  setZoom: (zoom: number) => void;
}

/** What is looked at, where in it, and what can be done with it. */
export function SourceHead({ passage, steps, zoom, setZoom }: SourceHeadProps) {
  const { t } = useLingui();
  const { data: outline } = useOutline(passage.fileId);
  const [error, setError] = useState<string | null>(null);
  const { fileId, link } = passage;
  const filename = outline?.filename ?? passage.filepath ?? passage.title;
  const { page, pages, label, heading } = placeOf(passage, outline);

  function run(action: Promise<void>): void {
    setError(null);
    action.catch((thrown: unknown) =>
      setError(thrown instanceof Error ? thrown.message : String(thrown)),
    );
  }
  return (
    <header className={styles["head"]}>
      <div className={styles["names"]}>
        <h2 className={styles["title"]} dir="auto" title={filename}>
          {filename}
        </h2>
        <p className={styles["place"]}>
          {page === null ? null : (
            <span>
              {pages === null ? (
                <Trans>Page {page}</Trans>
              ) : (
                <Trans>
                  Page {page} of {pages}
                </Trans>
              )}
            </span>
          )}
          {label === null ? null : (
            <span>
              <bdi>{label}</bdi>
            </span>
          )}
          {heading === null ? null : (
            <span>
              <bdi>{heading}</bdi>
            </span>
          )}
        </p>
        {error === null ? null : (
          <p role="alert" className={styles["failed"]}>
            {error}
          </p>
        )}
      </div>
      <div className={styles["tools"]}>
        <PassageSteps steps={steps} />
        {outline?.render === "pdf" ? (
          <>
            <IconButton
              label={t`Smaller`}
              icon={ZoomOut}
              isDisabled={nextZoom(zoom, -1) === zoom}
              onPress={() => setZoom(nextZoom(zoom, -1))}
            />
            <IconButton
              label={t`Larger`}
              icon={ZoomIn}
              isDisabled={nextZoom(zoom, 1) === zoom}
              onPress={() => setZoom(nextZoom(zoom, 1))}
            />
          </>
        ) : null}
        {fileId === null ? null : (
          <>
            {outline?.render === "pdf" ? (
              <IconButton
                label={t`Open original`}
                icon={ExternalLink}
                onPress={() => run(openOriginal(fileId, passage.page))}
              />
            ) : null}
            <IconButton
              label={t`Download`}
              icon={Download}
              onPress={() => run(saveOriginal(fileId, filename))}
            />
          </>
        )}
        {link === null ? null : (
          <a className={styles["link"]} href={link} target="_blank" rel="noopener noreferrer">
            <ExternalLink size={18} strokeWidth={1.6} aria-hidden="true" />
            <span className="visually-hidden">
              <Trans>Open original</Trans>
            </span>
          </a>
        )}
      </div>
    </header>
  );
}
