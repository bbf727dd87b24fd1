import { expect, test } from "vitest";
import { withoutCitationMessages, withoutReplayedKeys } from "./history.ts";

const ASSISTANT = { role: "assistant", content: "20 days [doc1]." };
const CITATIONS = JSON.stringify({ citations: [{ content: "20 days." }], intent: '["leave"]' });

test("messages that hold citations are left out, wherever they stand", () => {
  const question = { role: "user", content: "And in Spain?" };
  const citations = { role: "tool", content: CITATIONS };
  expect(
    withoutCitationMessages([question, citations, ASSISTANT, { ...citations, id: "7" }, question]),
  ).toEqual([question, ASSISTANT, question]);
});

test("results of tools stay, also when they look like citations", () => {
  const results = [
    { role: "tool", tool_call_id: "call_1", content: CITATIONS },
    { role: "tool", content: "22 °C" },
    { role: "tool", content: '{"citations": 3}' },
    { role: "assistant", content: CITATIONS },
  ];
  expect(withoutCitationMessages(results)).toEqual(results);
});

test("an answer that is sent again loses what only answers have", () => {
  const replayed = {
    ...ASSISTANT,
    end_turn: true,
    context: { citations: [], intent: "[]" },
    id: "m1",
    date: "2024-05-01",
  };
  expect(withoutReplayedKeys(replayed)).toEqual(ASSISTANT);
});

test("any other message is the very same one", () => {
  expect(withoutReplayedKeys(ASSISTANT)).toBe(ASSISTANT);
});
