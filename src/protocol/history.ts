import { parseJson } from "../util/parse-json.ts";
import { isObject } from "./validation.ts";

/**
 * A conversation without the messages that On Your Data itself put there: clients of the protocol before 2024-02-15 replay
 * its `tool` messages, which hold citations and answer no call.
 */
export function withoutCitationMessages<Message>(messages: Message[]): Message[] {
  return messages.filter((message) => !isCitationMessage(message));
}

function isCitationMessage(message: unknown): boolean {
  if (!isObject(message) || message["role"] !== "tool" || message["tool_call_id"]) return false;
  const { content } = message;
  const parsed = typeof content === "string" ? parseJson(content) : undefined;
  return isObject(parsed) && Array.isArray(parsed["citations"]);
}
