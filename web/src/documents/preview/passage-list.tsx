import { Trans } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "../../ui/button.tsx";
import type { Passage } from "../../viewer/passages.ts";
import type { OpenedDocument } from "../documents-page.tsx";
import { fetchChunks } from "../store-requests.ts";
import styles from "./passage-list.module.css";
import { type ListedPassage, passagesOfChunks } from "./passage-pages.ts";

/** More is fetched when the end is this near, in CSS pixels. */
const NEAR_END = 800;

interface PassageListProps {
  storeId: string;
  document: OpenedDocument;
  show: (passage: Passage) => void;
}

/** The passages a document was cut into: what questions find. */
export function PassageList({ storeId, document, show }: PassageListProps) {
  const { id: fileId, filename } = document;
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["chunks", storeId, fileId],
    initialPageParam: -1,
    queryFn: ({ pageParam, signal }) => fetchChunks({ storeId, fileId, after: pageParam }, signal),
    getNextPageParam: (page) =>
      page.has_more ? Number(page.data.at(-1)?.chunk_id ?? 0) : undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const chunks = data?.pages.flatMap((page) => page.data) ?? [];
  const passages = passagesOfChunks(chunks, { fileId, filename });
  return (
    <div
      className={styles["tab"]}
      tabIndex={0}
      role="region"
      aria-labelledby="passages-of"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        const isNearEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
        if (isNearEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage();
      }}
    >
      <h2 id="passages-of" className={styles["title"]} dir="auto">
        {filename}
      </h2>
      {error ? <p role="alert">{error.message}</p> : null}
      <ol className={styles["list"]}>
        {passages.map((passage, index) => (
          <PassageRow key={index} number={index + 1} passage={passage} show={() => show(passage)} />
        ))}
      </ol>
    </div>
  );
}

interface PassageRowProps {
  number: number;
  passage: ListedPassage;
  show: () => void;
}

function PassageRow({ number, passage, show }: PassageRowProps) {
  const { label, headingPath, quote } = passage;
  return (
    <li className={styles["row"]}>
      <p className={styles["place"]}>
        <span>{number}</span>
        <span dir="auto">{label}</span>
        {headingPath.length === 0 ? null : <span dir="auto">{headingPath.at(-1)}</span>}
      </p>
      <p className={styles["words"]} dir="auto">
        {quote}
      </p>
      <Button onPress={show}>
        <Trans>Show in document</Trans>
      </Button>
    </li>
  );
}
