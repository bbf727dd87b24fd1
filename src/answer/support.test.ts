import { describe, expect, it, test } from "vitest";

import { createAnalyzer } from "../search/analysis/analyze.ts";
import { passageOf } from "../testing/answer-run.ts";
import { createSupportJudge } from "./support.ts";

const PASSAGES = [
  "Full-time employees get 27 days of annual leave a year. Trainees get 25 days.",
  "Parking costs 1,200.50 euros a year and is deducted from the salary.",
].map((content) => passageOf({ content }));

const judge = createSupportJudge(PASSAGES, {
  analyzer: createAnalyzer(),
  question: "What is the annual leave of full-time employees?",
});

describe("words", () => {
  it("of the passages support a statement, in another form and order too", () => {
    expect(judge.judge("In a year Trainee gets 25 days.").share).toBe(1);
  });

  it("of nothing that was given do not", () => {
    expect(judge.judge("Paris has been the capital of France since Roman times.").share).toBe(0);
  });

  it("of the question count for nothing where there are others", () => {
    expect(
      judge.judge("The annual leave of full-time employees is unlimited everywhere in Lisbon.")
        .share,
    ).toBeLessThan(0.2);
  });

  it("too few are not judged", () => {
    expect(judge.judge("Yes.").share).toBeNull();
    expect(judge.judge("27 days [doc1].").share).toBeNull();
  });

  it("may have to stand in one passage", () => {
    const text = "Parking is deducted from the monthly salary.";
    expect(judge.judge(text, [1]).share).toBeGreaterThan(0.6);
    expect(judge.judge(text, [0]).share).toBe(0);
  });
});

describe("numbers", () => {
  it("are compared by their digits, however separated", () => {
    expect(judge.judge("It costs 1.200,50 euros [doc2].").unknownNumbers).toEqual([]);
    expect(judge.judge("It costs 1 200 euros or 26.").unknownNumbers).toEqual(["1", "200", "26"]);
  });

  it("of markers are none", () => {
    expect(judge.judge("Trainees get 25 days [doc9].").unknownNumbers).toEqual([]);
  });
});

test("a statement in another language cannot be judged by its words", () => {
  const german = judge.judge("Die Auszubildenden haben im Jahr einen Anspruch auf 25 Tage Urlaub.");
  expect(german).toMatchObject({ isForeign: true, unknownNumbers: [] });
  expect(judge.judge("Trainees get 25 days of leave in the year.").isForeign).toBe(false);
});
