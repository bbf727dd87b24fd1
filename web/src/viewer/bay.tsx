import { useEffect, useRef, useState } from "react";

import type { ChunkCitation } from "../../../src/client/http-client.ts";
import { pageOf } from "../chat/thread.tsx";
import { authHeaders } from "../session.ts";
import styles from "./bay.module.css";
import { highlight } from "./highlight.ts";
import { type OpenSource, readSource } from "./source.ts";

interface BayProps {
  citation: ChunkCitation;
  storeId: string;
  close: () => void;
}

/** The source of a cited passage: its document at that place, or the passage itself. */
export function Bay({ citation, storeId, close }: BayProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [source, setSource] = useState<OpenSource | null>(null);
  const [error, setError] = useState<string | null>(null);
  const fileId = /files\/(file-[A-Za-z0-9]+)/u.exec(citation.url ?? "")?.[1] ?? null;

  useEffect(() => {
    heading.current?.focus();
    setSource(null);
    setError(null);
    if (fileId === null) return;
    let isCurrent = true;
    readSource({ fileId, storeId, chunkId: citation.chunk_id, content: citation.content })
      .then((found) => isCurrent && setSource(found))
      .catch(
        (thrown: unknown) =>
          isCurrent && setError(thrown instanceof Error ? thrown.message : String(thrown)),
      );
    return () => {
      isCurrent = false;
      CSS.highlights.delete("cited");
    };
  }, [citation, fileId, storeId]);

  const page = pageOf(citation);
  return (
    <aside
      id="document-bay"
      className={styles["bay"]}
      aria-label="Source"
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <header className={styles["bar"]}>
        <h2 ref={heading} tabIndex={-1} className={styles["title"]} dir="auto">
          {citation.title ?? citation.filepath}
          {page === null ? null : <span className={styles["page"]}>{` · page ${page}`}</span>}
        </h2>
        {fileId === null ? null : <OpenOriginal fileId={fileId} page={page} />}
        <button type="button" onClick={close}>
          Close
        </button>
      </header>
      <div className={styles["body"]} tabIndex={0} role="region" aria-label="Document">
        {error === null ? null : <p role="alert">{error}</p>}
        <Opened source={source} citation={citation} isLoading={fileId !== null && error === null} />
      </div>
    </aside>
  );
}

/** The document at the passage; the passage alone when its document cannot be shown here. */
function Opened({
  source,
  citation,
  isLoading,
}: {
  source: OpenSource | null;
  citation: ChunkCitation;
  isLoading: boolean;
}) {
  if (source?.html && source.anchor) return <ReadingView source={source} />;
  if (source === null && isLoading) return <p role="status">Opening the document …</p>;
  return <Passage text={citation.content} />;
}

function OpenOriginal({ fileId, page }: { fileId: string; page: string | null }) {
  async function open(): Promise<void> {
    const response = await fetch(`/openai/v1/files/${fileId}/content`, { headers: authHeaders() });
    const url = URL.createObjectURL(await response.blob());
    window.open(page === null ? url : `${url}#page=${page}`, "_blank", "noopener");
  }
  return (
    <button type="button" onClick={() => void open()}>
      Open original
    </button>
  );
}

function Passage({ text }: { text: string }) {
  return (
    <blockquote className={styles["passage"]} dir="auto" data-cited="">
      {text}
    </blockquote>
  );
}

/** Elements of the server's reading view are built from escaped text; they are adopted, never run. */
function ReadingView({ source }: { source: OpenSource }) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const paper = container.current;
    if (!paper || source.html === null || !source.anchor) return;
    const parsed = new DOMParser().parseFromString(source.html, "text/html");
    paper.replaceChildren(...parsed.body.childNodes);
    highlight(paper, source.anchor);
  }, [source]);
  return <div ref={container} className={styles["paper"]} dir="auto" data-cited="" />;
}
