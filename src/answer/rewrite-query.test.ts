import { expect, test } from "vitest";

import { chatRequestSchema } from "../protocol/chat.ts";
import { parseDataSources } from "../protocol/data-sources/parse.ts";
import { readConversation } from "./conversation.ts";
import { rewriteQuery } from "./rewrite-query.ts";

function queries(messages: [role: string, content: string][], more: object = {}): string[] {
  const chat = chatRequestSchema.parse({
    messages: messages.map(([role, content]) => ({ role, content })),
  });
  const { sources } = parseDataSources([
    { type: "file_search", parameters: { vector_store_id: "vs_1", ...more } },
  ]);
  return rewriteQuery(readConversation(chat), sources);
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
