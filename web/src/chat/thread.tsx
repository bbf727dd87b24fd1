import { splitAtMarkers } from "../../../src/client/citation-markers.ts";
import type { ChunkCitation } from "../../../src/client/http-client.ts";
import styles from "./thread.module.css";
import type { Turn } from "./turns.ts";

interface ThreadProps {
  turns: Turn[];
  open: (citation: ChunkCitation) => void;
  opened: ChunkCitation | null;
}

/** Questions as headings, answers as text below them. */
export function Thread({ turns, open, opened }: ThreadProps) {
  return (
    <div className={styles["thread"]}>
      {turns.map((turn) => (
        <article key={turn.id} className={styles["turn"]} aria-labelledby={`question-${turn.id}`}>
          <h2 id={`question-${turn.id}`} className={styles["question"]} dir="auto">
            {turn.question}
          </h2>
          <Answer turn={turn} open={open} opened={opened} />
          <Status turn={turn} />
        </article>
      ))}
      <Announcer turn={turns.at(-1)} />
    </div>
  );
}

function Answer({ turn, open, opened }: { turn: Turn } & Omit<ThreadProps, "turns">) {
  const done = turn.status !== "answering";
  const pieces = splitAtMarkers(turn.answer, { citations: turn.citations.length, done });
  return (
    <div className={styles["answer"]} dir="auto" aria-busy={!done}>
      {pieces.map((piece, index) => {
        if (piece.type === "text") return <span key={index}>{piece.text}</span>;
        const citation = turn.citations[piece.citation];
        if (!citation) return null;
        return (
          <Marker
            key={index}
            number={piece.citation + 1}
            citation={citation}
            isOpen={citation === opened}
            open={open}
          />
        );
      })}
    </div>
  );
}

interface MarkerProps {
  number: number;
  citation: ChunkCitation;
  isOpen: boolean;
  open: (citation: ChunkCitation) => void;
}

function Marker({ number, citation, isOpen, open }: MarkerProps) {
  const page = pageOf(citation);
  const name = `Source ${number}, ${citation.title ?? citation.filepath ?? "passage"}${page ? `, page ${page}` : ""}`;
  return (
    <sup>
      <button
        type="button"
        className={styles["marker"]}
        aria-label={name}
        title={name}
        aria-pressed={isOpen}
        aria-controls="document-bay"
        data-marker={number}
        onClick={() => open(citation)}
      >
        {number}
      </button>
    </sup>
  );
}

export function pageOf({ url }: ChunkCitation): string | null {
  return /#page=(\d+)/u.exec(url ?? "")?.[1] ?? null;
}

function Status({ turn }: { turn: Turn }) {
  if (turn.status === "searching")
    return <p className={styles["status"]}>Searching your documents …</p>;
  if (turn.status === "stopped") return <p className={styles["status"]}>Stopped.</p>;
  if (turn.status === "failed") {
    return (
      <p className={styles["error"]} role="alert">
        {turn.error}
      </p>
    );
  }
  return null;
}

/** Read out once an answer is there: a live region on the streaming text would read every token. */
function Announcer({ turn }: { turn: Turn | undefined }) {
  const words =
    turn?.status === "done" ? turn.answer.replaceAll(/\[doc(\d+)\]/gu, "(source $1)") : "";
  return (
    <p className="visually-hidden" role="status">
      {turn?.status === "searching" ? "Searching your documents" : words}
    </p>
  );
}
