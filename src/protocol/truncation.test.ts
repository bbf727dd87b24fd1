import { expect, test } from "vitest";

import { truncate } from "./truncation.ts";

const MESSAGES = [
  "system",
  "user",
  "assistant",
  "user",
  "developer",
  "assistant",
  "tool",
  "tool",
  "user",
].map((role, index) => ({ role, content: String(index) }));
const kept = (last: number): string =>
  truncate(MESSAGES, { type: "last_messages", last_messages: last })
    .map(({ content }) => content)
    .join("");

test.each([
  [1, "048"],
  [2, "045678"],
  [3, "045678"],
  [4, "045678"],
  [5, "0345678"],
  [100, "012345678"],
])(
  "the last %i keep %s: instructions always, a tool result never without its call",
  (last, expected) => {
    expect(kept(last)).toBe(expected);
  },
);

test("auto and nothing keep all", () => {
  expect(truncate(MESSAGES, { type: "auto" })).toEqual(MESSAGES);
  expect(truncate(MESSAGES, undefined)).toEqual(MESSAGES);
});
