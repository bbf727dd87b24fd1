import type OpenAI from "openai";
import { expect, test } from "vitest";
import { windowOf } from "./message-window.ts";

const call = { id: "c", type: "function" as const, function: { name: "f", arguments: "{}" } };
const MESSAGES: OpenAI.ChatCompletionMessageParam[] = [
  { role: "developer", content: "0" },
  { role: "user", content: "1" },
  { role: "assistant", content: null, tool_calls: [call] },
  { role: "tool", tool_call_id: "c", content: "3" },
  { role: "assistant", content: "4" },
  { role: "user", content: "5" },
  { role: "assistant", content: "6" },
  { role: "user", content: "7" },
];
const kept = (truncation: Parameters<typeof windowOf>[1]): string =>
  windowOf(MESSAGES, truncation)
    .map((message) => MESSAGES.indexOf(message))
    .join("");

test("everything goes without a limit, or within one", () => {
  expect(kept(undefined)).toBe("01234567");
  expect(kept({ type: "auto", maxTokens: 10_000 })).toBe("01234567");
});

test("the oldest turns are left out whole, instructions and the last question never", () => {
  const countTokens = (): number => 1;
  expect(kept({ type: "auto", maxTokens: 7, countTokens })).toBe("0567");
  expect(kept({ type: "auto", maxTokens: 3, countTokens })).toBe("07");
  expect(kept({ type: "auto", maxTokens: 1 })).toBe("07");
});

test("the last messages are never parted from their calls", () => {
  expect(kept({ type: "last_messages", lastMessages: 5 })).toBe("0234567");
});
