import type OpenAI from "openai";
import { truncate } from "../protocol/truncation.ts";

type Message = OpenAI.ChatCompletionMessageParam;

/** How much of a long conversation is sent. */
export type Truncation =
  | { type: "last_messages"; lastMessages: number }
  | {
      type: "auto";
      /** Most tokens of the messages that are sent. */
      maxTokens: number;
      /** A quarter of the characters by default. */
      countTokens?: (text: string) => number;
    };

/** The messages to send. Instructions and the last question always go, and no tool call is parted from its results. */
export function windowOf(messages: Message[], truncation: Truncation | undefined): Message[] {
  if (truncation === undefined) return messages;
  if (truncation.type === "last_messages") {
    return truncate(messages, { type: "last_messages", last_messages: truncation.lastMessages });
  }
  const { maxTokens, countTokens = (text: string): number => Math.ceil(text.length / 4) } =
    truncation;
  const cost = (message: Message): number => countTokens(JSON.stringify(message));
  const lastQuestion = messages.findLastIndex(({ role }) => role === "user");
  let tokens = messages.reduce((sum, message) => sum + cost(message), 0);
  let isCutting = true;
  return messages.filter((message, index) => {
    if (message.role === "system" || message.role === "developer") return true;
    if (index >= lastQuestion) return true;
    // A tool's result goes with its call; a turn ends before the next question.
    if (message.role !== "tool" && message.role !== "assistant") isCutting = tokens > maxTokens;
    if (isCutting) tokens -= cost(message);
    return !isCutting;
  });
}
