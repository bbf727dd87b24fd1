import { countTokens, estimateTokens } from "../ingest/tokens.ts";
import type { AnswerEvent, Usage } from "../protocol/events.ts";
import type { TracedRefusal } from "../protocol/trace.ts";
import { detectLanguage } from "../search/analysis/language.ts";
import { announce } from "./citations.ts";
import type { Conversation } from "./conversation.ts";
import type { Question } from "./question.ts";
import type { RankedCandidate } from "./rank.ts";
import type { Run } from "./run.ts";

/** The service's own sentence, byte for byte: applications compare it. */
export const REFUSAL =
  "The requested information is not found in the retrieved data. Please try another query or topic.";
/** Models that were told the sentence by the service also wrote this one. */
export const OTHER_REFUSAL =
  "The requested information is not available in the retrieved data. Please try another query or topic.";

/** The sentence this server refuses with, and whether it is meant for the language of the question. */
export function refusalFor(
  { services: { refusing } }: Run,
  question: string,
): { text: string; isTranslated: boolean } {
  const { text } = refusing;
  if (typeof text === "string") return { text, isTranslated: false };
  const own = text[detectLanguage(question) ?? ""];
  return { text: own ?? text["en"] ?? REFUSAL, isTranslated: own !== undefined };
}

/** In scope and nothing covers the question: the sentence, no marker, and no model is asked. */
export function* refuse(
  run: Run,
  { conversation, ranked }: { conversation: Conversation; ranked: RankedCandidate[] },
): Generator<AnswerEvent> {
  const { text } = refusalFor(run, conversation.question);
  // Before anything is sent: it may become a header.
  noteRefusal(run, { why: "nothing_found", support: null });
  yield announce(run, { ranked, given: [] });
  yield { type: "text-delta", text };
  yield { type: "usage", usage: usageOf(conversation.question, text) };
  yield { type: "finish", reason: "stop", model: modelName(run.question) };
}

/** Written into the trace; near misses are told to everybody, because they say what to change. */
export function noteRefusal({ trace, question }: Run, refusal: TracedRefusal): void {
  trace.refusal = refusal;
  if (trace.near_misses !== null) question.onWarning?.(trace.near_misses.text);
}

export function modelName({ deployment }: Question): string {
  return deployment.kind === "extractive" ? "groundwire-extractive" : deployment.model.id;
}

/** Counts of what was read and written here. */
export function usageOf(prompt: string, completion: string): Usage {
  return usageFrom(estimateTokens(prompt), countTokens(completion));
}

export function usageFrom(promptTokens: number, completionTokens: number): Usage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
