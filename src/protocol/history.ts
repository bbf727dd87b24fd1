import { parseJson } from "../util/parse-json.ts";
import { isObject } from "./validation.ts";

/**
 * A conversation without the messages that On Your Data itself put there: clients of the protocol before 2024-02-15 replay
 * its `tool` messages, which hold citations and answer no call.
 */
export function withoutCitationMessages<Message>(messages: Message[]): Message[] {
  return messages.filter((message) => !isCitationMessage(message));
}

/** What answers carry beside a message's own keys, and what Microsoft's sample application adds. */
const REPLAYED = ["context", "end_turn", "id", "date"] as const;

/** A message as a model knows it: clients replay what they received, and models refuse keys they do not know. */
export function withoutReplayedKeys<Message extends Record<string, unknown>>(
  message: Message,
): Message {
  if (!REPLAYED.some((name) => name in message)) return message;
  const { context: _context, end_turn: _endTurn, id: _id, date: _date, ...rest } = message;
  return rest as Message; // none of the four is a key a message needs
}

function isCitationMessage(message: unknown): boolean {
  if (!isObject(message) || message["role"] !== "tool" || message["tool_call_id"]) return false;
  const { content } = message;
  const parsed = typeof content === "string" ? parseJson(content) : undefined;
  return isObject(parsed) && Array.isArray(parsed["citations"]);
}
