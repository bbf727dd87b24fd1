import type { ChatRequest, ChatRequestMessage } from "../protocol/chat.ts";

/** A chat as the steps see it. */
export interface Conversation {
  /** Words of the last user message. */
  question: string;
  /** Words of the user messages before it, oldest first. */
  earlierQuestions: string[];
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
  const questions = turns.filter(({ role }) => role === "user").map(textOf);
  return {
    question: questions.at(-1) ?? "",
    earlierQuestions: questions.slice(0, -1),
    instructions,
    turns,
  };
}

function isInstruction({ role }: ChatRequestMessage): boolean {
  return role === "system" || role === "developer";
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

/** Keeps the last messages; never begins with a tool result whose call is cut off. */
function truncate(
  messages: ChatRequestMessage[],
  strategy: ChatRequest["truncation_strategy"],
): ChatRequestMessage[] {
  if (strategy?.type !== "last_messages") return messages;
  let start = Math.max(0, messages.length - strategy.last_messages);
  while (start > 0 && messages[start]?.role === "tool") start--;
  return messages.slice(start);
}
