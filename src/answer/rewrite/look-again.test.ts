import { expect, test } from "vitest";

import { passageOf, startTestRun } from "../../testing/answer-run.ts";
import { readConversation } from "../conversation.ts";
import { queriesForGaps } from "./look-again.ts";

async function gaps(
  questions: string[],
  passages: string[],
  chat: object = { reasoning_effort: "high" },
) {
  const run = startTestRun({ chat: { ...chat } });
  const used = passages.map((content) => ({
    passage: passageOf({ content }),
    sourceIndex: 0,
    queries: questions,
    fused: 1,
    relevance: 1,
    passes: true,
    outcome: "used" as const,
  }));
  const queries = questions.map((text) => ({ text, madeBy: "question" as const }));
  const conversation = readConversation(run.question.chat);
  return {
    queries: await queriesForGaps(queries, used, { conversation, run }),
    coverage: run.trace.depth.coverage,
  };
}

const ASKED = "How long is the notice period of trainees, and what does parking cost?";

test("a deep search looks again for the words its passages lack, judged by the query they are of", async () => {
  expect(await gaps([ASKED], ["The notice period for trainees is four weeks."])).toEqual({
    queries: [{ text: "parking cost", madeBy: "rules", judgedAs: ASKED }],
    coverage: 0.6,
  });
});

test("of several queries only those are looked for again that lack words", async () => {
  const { queries } = await gaps(
    ["notice period of trainees", "monthly parking cost"],
    ["The notice period for trainees is four weeks.", "Parking is free."],
  );
  expect(queries.map(({ text, judgedAs }) => [text, judgedAs])).toEqual([
    ["monthly cost", "monthly parking cost"],
  ]);
});

test("words are compared by their stems, in titles and headings too", async () => {
  const { queries } = await gaps([ASKED], ["Periods of noticing a trainee. Parked cars cost."]);
  expect(queries).toEqual([]);
});

test("nothing is looked for again when little is missing, or all is", async () => {
  expect(await gaps(["notice period of trainees"], ["The notice period for trainees."])).toEqual({
    queries: [],
    coverage: 1,
  });
  expect((await gaps([ASKED], ["The cafeteria opens at noon."])).queries).toEqual([]);
  expect((await gaps([ASKED], [])).queries).toEqual([]);
});

test("less than high effort never looks again", async () => {
  expect(await gaps([ASKED], ["The notice period for trainees is four weeks."], {})).toEqual({
    queries: [],
    coverage: null,
  });
});

test("languages without spaces are read by words", async () => {
  const { queries } = await gaps(["实习生的年假和停车费用是多少"], ["实习生的年假是二十天。"]);
  expect(queries[0]?.text).toContain("停车");
});
