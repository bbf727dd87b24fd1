import { expect, test } from "vitest";

import { startTestRun } from "../testing/answer-run.ts";
import { readConversation } from "./conversation.ts";
import { rewriteQuery } from "./rewrite-query.ts";

function queries(messages: [role: string, content: string][], more: object = {}): string[] {
  const run = startTestRun({
    chat: { messages: messages.map(([role, content]) => ({ role, content })) },
    sources: [{ ...more }],
  });
  return rewriteQuery(readConversation(run.question.chat), run).map(({ text }) => text);
}

test("a question that stands alone is searched as it is", () => {
  const asked = "How many days of annual leave do full-time employees get?";
  expect(queries([["user", asked]])).toEqual([asked]);
  expect(
    queries([
      ["user", "Who pays for parking?"],
      ["assistant", "…"],
      ["user", asked],
    ]),
  ).toEqual([asked]);
});

test("a follow-up takes the question before it along", () => {
  const first = "How many days of annual leave do full-time employees get?";
  expect(
    queries([
      ["user", first],
      ["assistant", "27."],
      ["user", "And part-timers?"],
    ]),
  ).toEqual([`${first} And part-timers?`]);
  expect(
    queries([
      ["user", first],
      ["assistant", "27."],
      ["user", "When do they expire at the end of the year?"],
    ]),
  ).toEqual([`${first} When do they expire at the end of the year?`]);
});

test("several questions are searched one by one as well, as many as the source allows", () => {
  const asked = "Who pays for parking? And when are salaries paid?";
  expect(queries([["user", asked]])).toEqual([
    asked,
    "Who pays for parking?",
    "And when are salaries paid?",
  ]);
  expect(queries([["user", asked]], { max_search_queries: 1 })).toEqual([asked]);
});
