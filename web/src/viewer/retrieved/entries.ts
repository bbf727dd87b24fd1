import type { RetrievedDocument } from "../../../../src/protocol/events.ts";
import type { PassageOutcome, TracedPassage } from "../../../../src/protocol/trace.ts";
import type { AnswerEvidence } from "../evidence.ts";
import { type Passage, passageOf } from "../passages.ts";

/** `left`: not given to the model; the answer has no trace that says why. */
export type Outcome = PassageOutcome | "left";

/** One of the passages that were found. */
export interface RetrievedEntry {
  /** Counted from 1, best first. */
  rank: number;
  passage: Passage;
  /** Position in `citations`; null when it was not given to the model. */
  citation: number | null;
  outcome: Outcome;
  /** 0…1, what strictness judged; null: not told. */
  relevance: number | null;
  /** The engine's own score. */
  score: number;
  rerankScore: number | null;
  queries: string[];
}

/** Everything that was found, best first, with what became of it. */
export function entriesOf(
  { citations, trace }: Pick<AnswerEvidence, "citations" | "trace">,
  retrieved: RetrievedDocument[],
): RetrievedEntry[] {
  return retrieved.map((document, index) => {
    const traced = tracedFor(document, trace?.passages[index]);
    const citation = citations.findIndex(
      ({ chunk_id: chunk, filepath, url, content }) =>
        chunk === document.chunk_id &&
        filepath === document.filepath &&
        url === document.url &&
        content === document.content,
    );
    return {
      rank: index + 1,
      passage: passageOf(document),
      citation: citation === -1 ? null : citation,
      outcome: traced?.outcome ?? plainOutcome(document.filter_reason, citation),
      relevance: traced?.relevance ?? document.x_groundwire?.relevance ?? null,
      score: document.original_search_score,
      rerankScore: traced?.rerank_score ?? null,
      queries: document.search_queries,
    };
  });
}

/** The trace lists the same passages in the same order; a name that differs says that it does not. */
function tracedFor(
  { chunk_id: chunk, filepath }: { chunk_id: string; filepath: string | null },
  traced: TracedPassage | undefined,
): TracedPassage | undefined {
  return traced?.chunk_id === chunk && traced.filepath === filepath ? traced : undefined;
}

function plainOutcome(reason: "score" | "rerank" | undefined, citation: number): Outcome {
  if (citation !== -1) return "used";
  return reason === "score" ? "strictness" : "left";
}
