import type { ContextKey } from "../../protocol/data-sources/common.ts";
import type { AnswerEvent, Citation, RetrievedDocument } from "../../protocol/events.ts";
import type { StepEnd, StepStart } from "../../protocol/steps.ts";
import type { FoldedAnswer } from "./folded-answer.ts";

/** How the events of one answer are written for one kind of client. Pure: no clock, no ids, no sockets. */
export interface Dialect {
  /** The whole reply at once. @throws the error an `error` event carries. */
  body(events: readonly AnswerEvent[]): unknown;
  /** A reply in pieces. */
  stream(): StreamEncoder;
  /** False: its clients read every line as JSON, so that none may be a comment. */
  takesComments: boolean;
}

export interface StreamEncoder {
  /** Server-sent events to write now; "" when this event shows nothing yet. */
  encode(event: AnswerEvent): string;
  /** The last chunk, the usage when it was asked for, and the end marker. */
  end(): string;
  /** How a stream that breaks off says so; absent: with an event that is the error. `body`: the error's JSON. */
  fail?(body: string): string;
}

/** What all chunks of one reply have in common. */
export interface ReplyIdentity {
  id: string;
  /** Unix seconds. */
  created: number;
  /** Name of the model, until the answer says better. */
  model: string;
  /** What `context` is to hold. */
  includeContexts: ContextKey[];
  /** `stream_options.include_usage` */
  includeUsage: boolean;
  /** The work of hosted tools is told, and citations whenever there are more. */
  tellsSteps: boolean;
}

export const SYSTEM_FINGERPRINT = "fp_groundwire";

/** `context` of a message: order of citations is the numbering of `[docN]`. */
export function toContext(
  keys: ContextKey[],
  answer: Pick<FoldedAnswer, "citations" | "queries" | "retrieved">,
): Record<string, unknown> {
  return {
    ...(keys.includes("citations") ? { citations: (answer.citations ?? []).map(toCitation) } : {}),
    ...(keys.includes("intent") ? { intent: toPythonList(answer.queries) } : {}),
    ...(keys.includes("all_retrieved_documents")
      ? { all_retrieved_documents: answer.retrieved.map(toRetrievedDocument) }
      : {}),
  };
}

/** What Groundwire tells beside a whole answer, under one key: nothing unless the caller asked. */
export function toWholeExtension(
  { steps, ...answer }: FoldedAnswer,
  { tellsSteps }: ReplyIdentity,
): { x_groundwire?: Record<string, unknown> } {
  const { x_groundwire: more } = toExtension(answer);
  if (!tellsSteps || steps.length === 0) return more === undefined ? {} : { x_groundwire: more };
  return { x_groundwire: { steps, ...more } };
}

/** The same at the end of a stream, in which the steps have been told as they came. */
export function toExtension({ sentences, trace }: Pick<FoldedAnswer, "sentences" | "trace">): {
  x_groundwire?: Record<string, unknown>;
} {
  if (sentences === null && trace === null) return {};
  return {
    x_groundwire: {
      ...(sentences === null ? {} : { sentences }),
      ...(trace === null ? {} : { trace }),
    },
  };
}

/** One piece of a stream that tells of a step. In a list with `index`, clients that put deltas together merge it by that. */
export function toStepDelta(step: StepStart | StepEnd): {
  content: string;
  x_groundwire: { steps: (StepStart | StepEnd)[] };
} {
  return { content: "", x_groundwire: { steps: [step] } };
}

/** Clients index all five keys without looking. */
function toCitation({
  content,
  title,
  url,
  filepath,
  chunk_id,
  x_groundwire: more,
}: Citation): Citation {
  const keys = { content, title, url, filepath, chunk_id };
  return more === undefined ? keys : { ...keys, x_groundwire: more };
}

function toRetrievedDocument(document: RetrievedDocument): RetrievedDocument {
  const { search_queries, data_source_index, original_search_score, rerank_score, filter_reason } =
    document;
  return {
    ...toCitation(document),
    search_queries,
    data_source_index,
    original_search_score,
    ...(rerank_score === undefined ? {} : { rerank_score }),
    ...(filter_reason === undefined ? {} : { filter_reason }),
  };
}

/** `["a", "b"]` as Python writes a list of strings; the wire carries it as a string. */
function toPythonList(texts: string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}
