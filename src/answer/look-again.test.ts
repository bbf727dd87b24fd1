import { expect, test } from "vitest";

import { passageOf, startTestRun } from "../testing/answer-run.ts";
import { queriesForGaps } from "./look-again.ts";

function gaps(question: string, passages: string[], chat: object = { reasoning_effort: "high" }) {
  const run = startTestRun({ chat: { ...chat } });
  const used = passages.map((content) => ({
    passage: passageOf({ content }),
    sourceIndex: 0,
    queries: [question],
    fused: 1,
    relevance: 1,
    passes: true,
    outcome: "used" as const,
  }));
  const queries = queriesForGaps([{ text: question, madeBy: "question" }], used, run);
  return { queries, coverage: run.trace.depth.coverage };
}

const ASKED = "How long is the notice period of trainees, and what does parking cost?";

test("a deep search looks again for the words its passages lack, judged by the whole question", () => {
  expect(gaps(ASKED, ["The notice period for trainees is four weeks."])).toEqual({
    queries: [{ text: "parking cost", madeBy: "rules", judgedAs: ASKED }],
    coverage: 0.6,
  });
});

test("words are compared by their stems, in titles and headings too", () => {
  const { queries } = gaps(ASKED, ["Periods of noticing a trainee. Parked cars cost."]);
  expect(queries).toEqual([]);
});

test("nothing is looked for again when little is missing, or all is", () => {
  expect(gaps("notice period of trainees", ["The notice period for trainees."])).toEqual({
    queries: [],
    coverage: 1,
  });
  expect(gaps(ASKED, ["The cafeteria opens at noon."]).queries).toEqual([]);
  expect(gaps(ASKED, []).queries).toEqual([]);
});

test("less than high effort never looks again", () => {
  expect(gaps(ASKED, ["The notice period for trainees is four weeks."], {})).toEqual({
    queries: [],
    coverage: null,
  });
});

test("languages without spaces are read by words", () => {
  const { queries } = gaps("实习生的年假和停车费用是多少", ["实习生的年假是二十天。"]);
  expect(queries[0]?.text).toContain("停车");
});
