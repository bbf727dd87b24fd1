import type {
  AnswerEvent,
  Citation,
  EarlierSummary,
  FinishReason,
  RetrievedDocument,
  Usage,
} from "../../protocol/events.ts";
import type { SentenceExtension } from "../../protocol/extensions.ts";
import type { AnswerStep } from "../../protocol/steps.ts";
import type { AnswerTrace } from "../../protocol/trace.ts";

/** An answer whose events have all been seen: what a non-streaming reply says. */
export interface FoldedAnswer {
  queries: string[];
  /** Null when nothing was searched. */
  citations: Citation[] | null;
  retrieved: RetrievedDocument[];
  text: string;
  reasoning: string;
  toolCalls: ToolCall[];
  usage: Usage | null;
  finish: { reason: FinishReason; model: string } | null;
  /** Null: none was written. */
  summary: EarlierSummary | null;
  /** Null: not asked for. */
  sentences: SentenceExtension[] | null;
  trace: AnswerTrace | null;
  /** What hosted tools did. */
  steps: AnswerStep[];
}

export interface ToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

/** Takes in the next event. @throws the error an `error` event carries. */
export function foldEvent(answer: FoldedAnswer, event: AnswerEvent): void {
  switch (event.type) {
    case "search-queries":
      answer.queries.push(...event.queries);
      break;
    case "citations":
      answer.citations = event.citations;
      answer.retrieved = event.retrieved;
      break;
    case "text-delta":
      answer.text += event.text;
      break;
    case "reasoning-delta":
      answer.reasoning += event.text;
      break;
    case "tool-call-start":
      answer.toolCalls[event.index] = {
        id: event.id,
        type: "function",
        function: { name: event.name, arguments: "" },
      };
      break;
    case "tool-call-delta": {
      const call = answer.toolCalls[event.index];
      if (call !== undefined) call.function.arguments += event.argumentsText;
      break;
    }
    case "usage":
      answer.usage = event.usage;
      break;
    case "finish":
      answer.finish = { reason: event.reason, model: event.model };
      break;
    case "step-start":
      answer.steps[event.step.index] = { ...event.step };
      break;
    case "step-end":
      Object.assign(answer.steps[event.step.index] ?? {}, event.step);
      break;
    case "summary":
      answer.summary = event.summary;
      break;
    case "sentences":
      answer.sentences = event.sentences;
      break;
    case "trace":
      answer.trace = event.trace;
      break;
    case "error":
      throw event.error;
  }
}

export function emptyAnswer(): FoldedAnswer {
  return {
    queries: [],
    citations: null,
    retrieved: [],
    text: "",
    reasoning: "",
    toolCalls: [],
    usage: null,
    finish: null,
    summary: null,
    sentences: null,
    trace: null,
    steps: [],
  };
}

/** @throws the error an `error` event carries. */
export function foldEvents(events: readonly AnswerEvent[]): FoldedAnswer {
  const answer = emptyAnswer();
  for (const event of events) foldEvent(answer, event);
  return answer;
}

/** Null only beside tool calls: clients index `content` without looking. */
export function contentOf(answer: FoldedAnswer): string | null {
  return answer.text === "" && answer.toolCalls.length > 0 ? null : answer.text;
}
