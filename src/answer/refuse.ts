import { countTokens } from "../ingest/tokens.ts";
import type { AnswerEvent, Usage } from "../protocol/events.ts";
import type { Conversation } from "./conversation.ts";
import type { Question } from "./question.ts";
import type { Run } from "./run.ts";

/** The service's own sentence, byte for byte: applications compare it. */
export const REFUSAL =
  "The requested information is not found in the retrieved data. Please try another query or topic.";

/** In scope and nothing covers the question: the sentence, no marker, and no model is asked. */
export function* refuse({ question }: Run, conversation: Conversation): Generator<AnswerEvent> {
  yield { type: "text-delta", text: REFUSAL };
  yield { type: "usage", usage: usageOf(conversation.question, REFUSAL) };
  yield { type: "finish", reason: "stop", model: modelName(question) };
}

export function modelName({ deployment }: Question): string {
  return deployment.kind === "extractive" ? "groundwire-extractive" : deployment.model.id;
}

/** Exact counts of what was read and written here. */
export function usageOf(prompt: string, completion: string): Usage {
  const promptTokens = countTokens(prompt);
  const completionTokens = countTokens(completion);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
