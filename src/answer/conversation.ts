import type { ChatRequest, ChatRequestMessage } from "../protocol/chat.ts";
import { isInstruction, truncate } from "../protocol/truncation.ts";

/** A chat as the steps see it. */
export interface Conversation {
  /** Words of the last user message. */
  question: string;
  /** Words of the user messages before it, oldest first. */
  earlierQuestions: string[];
  /** Words of the last answer before the question; "" without one. */
  lastAnswer: string;
  /** Words of system and developer messages. */
  instructions: string[];
  /** Everything else in order, the last user message among them. */
  turns: ChatRequestMessage[];
}

export function readConversation(chat: ChatRequest): Conversation {
  const instructions = chat.messages.filter(isInstruction).map(textOf).filter(Boolean);
  const turns = truncate(
    chat.messages.filter((message) => !isInstruction(message)),
    chat.truncation_strategy,
  );
  const last = turns.findLastIndex(({ role }) => role === "user");
  const answers = turns.slice(0, Math.max(0, last)).filter(({ role }) => role === "assistant");
  const questions = turns.filter(({ role }) => role === "user").map(textOf);
  return {
    question: questions.at(-1) ?? "",
    earlierQuestions: questions.slice(0, -1),
    lastAnswer: answers.map(textOf).findLast((text) => text !== "") ?? "",
    instructions,
    turns,
  };
}

/** The words of a message, whether it is a string or a list of parts. */
export function textOf({ content }: ChatRequestMessage): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  return content
    .map((part) => (typeof part["text"] === "string" ? part["text"] : ""))
    .filter(Boolean)
    .join("\n");
}
