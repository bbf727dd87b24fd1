import type { Citation, RetrievedDocument, Usage } from "../../../src/protocol/events.ts";
import type { AnswerTrace } from "../../../src/protocol/trace.ts";

/** What an answer stands on, as the API gives it: what the document bay needs of an answer. */
export interface AnswerEvidence {
  /** Of the message; null until the server has named it. */
  id: string | null;
  /** In the order of the markers: the first is `[doc1]`. */
  citations: Citation[];
  /** Everything that was found: `all_retrieved_documents`; null: not fetched yet. */
  retrieved: RetrievedDocument[] | null;
  /** Null: not asked for, or not there yet; it is the last thing of a stream. */
  trace: AnswerTrace | null;
  usage: Usage | null;
  /** From the question to the last word; null while the answer is on its way. */
  milliseconds: number | null;
}
