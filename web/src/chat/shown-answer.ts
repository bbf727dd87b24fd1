import type { SentenceExtension } from "../../../src/protocol/extensions.ts";
import type { FeedbackBody, ListedMessageBody } from "../../../src/protocol/conversations.ts";
import type { Citation, RetrievedDocument, Usage } from "../../../src/protocol/events.ts";
import type { AnswerStep } from "../../../src/protocol/steps.ts";
import type { AnswerTrace } from "../../../src/protocol/trace.ts";

/** An answer as the page shows it, while it comes and ever after. */
export interface ShownAnswer {
  /** Of the message; null until the server has named it. */
  id: string | null;
  question: string;
  status:
    | "searching"
    | "reading"
    | "computing"
    | "thinking"
    | "writing"
    | "completed"
    | "stopped"
    | "failed";
  /** As the model wrote it, with `[docN]`. */
  text: string;
  /** What a reasoning model thought; only while the page is open, the server does not keep it. */
  reasoning: string;
  reasoningMilliseconds: number | null;
  /** What hosted tools did. */
  steps: AnswerStep[];
  /** `[docN]` is number N, counted from 1. */
  citations: Citation[];
  /** Every passage that was found, used or not, without its words. */
  found: Omit<RetrievedDocument, "content">[];
  /** Those with their words; null: they are still to be fetched. */
  retrieved: RetrievedDocument[] | null;
  /** What was searched for. */
  intent: string[];
  usage: Usage | null;
  model: string | null;
  finishReason: string | null;
  /** From the question to the last word; null while it comes. */
  milliseconds: number | null;
  error: AnswerError | null;
  feedback: FeedbackBody | null;
  /** How it came to be. */
  trace: AnswerTrace | null;
  /** What supports each sentence: only of answers given while the page is open. */
  sentences: SentenceExtension[];
}

export interface AnswerError {
  message: string;
  /** HTTP status; 0: the connection was lost or broke off; null: the server has kept the words only. */
  status: number | null;
  requestId: string | null;
  /** Seconds to wait. */
  retryAfter: number | null;
}

export function emptyAnswer(question: string): ShownAnswer {
  return {
    id: null,
    question,
    status: "searching",
    text: "",
    reasoning: "",
    reasoningMilliseconds: null,
    steps: [],
    citations: [],
    found: [],
    retrieved: [],
    intent: [],
    usage: null,
    model: null,
    finishReason: null,
    milliseconds: null,
    error: null,
    feedback: null,
    trace: null,
    sentences: [],
  };
}

/** A kept answer. `seen` is the same answer as it came, when this page was there. */
export function toShownAnswer(
  { id, message, answer, feedback }: ListedMessageBody,
  question: string,
  seen: ShownAnswer | undefined,
): ShownAnswer {
  const { content } = message;
  return {
    ...emptyAnswer(question),
    id,
    status: answer?.status ?? "completed",
    text: typeof content === "string" ? content : "",
    reasoning: seen?.reasoning ?? "",
    reasoningMilliseconds: seen?.reasoningMilliseconds ?? null,
    steps: answer?.steps ?? [],
    citations: answer?.citations ?? [],
    found: answer?.retrieved ?? [],
    retrieved: seen?.retrieved ?? null,
    intent: answer?.intent ?? [],
    usage: answer?.usage ?? null,
    model: answer?.model || null,
    finishReason: answer?.finish_reason ?? null,
    milliseconds: answer?.milliseconds ?? null,
    error:
      answer?.error == null
        ? null
        : (seen?.error ?? {
            message: answer.error,
            status: null,
            requestId: null,
            retryAfter: null,
          }),
    feedback,
    trace: answer?.trace ?? seen?.trace ?? null,
    sentences: seen?.sentences ?? [],
  };
}

const WORDS: ReadonlySet<string> = new Set<keyof ShownAnswer>([
  "text",
  "reasoning",
  "reasoningMilliseconds",
]);

/** Whether an answer only went on: nothing that stands around its text is to be drawn anew. */
export function differInWordsOnly(before: ShownAnswer, after: ShownAnswer): boolean {
  // The keys of an answer are what its type says.
  const keys = Object.keys(after) as (keyof ShownAnswer)[];
  return keys.every((key) => WORDS.has(key) || before[key] === after[key]);
}

export function isRunning({ status }: ShownAnswer): boolean {
  return status !== "completed" && status !== "stopped" && status !== "failed";
}
