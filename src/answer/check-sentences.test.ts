import { describe, expect, it, test } from "vitest";

import { passageOf, startTestRun } from "../testing/answer-run.ts";
import { checkSentences } from "./check-sentences.ts";

const PASSAGES = [
  "Leave is planned early. Full-time employees get 27 days of annual leave a year. Trainees get 25 days.",
  "Parking costs 20 euros a month and is deducted from the salary.",
].map((content) => passageOf({ content }));

const check = (answer: string) =>
  checkSentences(answer, PASSAGES, startTestRun()).map((sentence) => ({
    ...sentence,
    text: answer.slice(sentence.start, sentence.end),
    quoted: sentence.quotes.map(({ citation, start, end }) => [
      citation,
      PASSAGES[citation - 1]?.content.slice(start, end),
    ]),
  }));

describe("a sentence that cites", () => {
  it("is supported by the words of what it cites, and the sentence most like it is quoted", () => {
    expect(check("Full-time employees get 27 days of leave a year [doc1].")).toMatchObject([
      {
        citations: [1],
        support: 1,
        is_supported: true,
        unknown_numbers: [],
        quoted: [[1, "Full-time employees get 27 days of annual leave a year."]],
      },
    ]);
  });

  it("is not supported by another document than the one it cites", () => {
    const [sentence] = check("Parking costs 20 euros and is deducted from the salary [doc1].");
    expect(sentence).toMatchObject({ citations: [1], support: 0, is_supported: false, quotes: [] });
  });

  it("is flagged for a number that stands nowhere in it", () => {
    const [sentence] = check("Full-time employees get 30 days of annual leave a year [doc1].");
    expect(sentence).toMatchObject({ is_supported: false, unknown_numbers: ["30"] });
    expect(sentence?.support).toBeGreaterThan(0.7);
  });

  it("may rest on several", () => {
    const [sentence] = check("Trainees get 25 days; parking costs 20 euros a month [doc1][doc2].");
    expect(sentence).toMatchObject({ citations: [1, 2], is_supported: true });
    expect(sentence?.quoted.map(([citation]) => citation)).toEqual([1, 2]);
  });
});

test("a sentence that cites nothing is judged by all documents", () => {
  const [supported, invented] = check(
    "Parking is deducted from the salary. The cafeteria serves excellent vegetarian lunches daily.",
  );
  expect(supported).toMatchObject({ citations: [], is_supported: true, quotes: [] });
  expect(invented).toMatchObject({ citations: [], support: 0, is_supported: false });
});

test("what cannot be judged is said to be so", () => {
  const [short, foreign] = check(
    "Yes [doc1].\nDie Auszubildenden haben im Jahr einen Anspruch auf 25 Tage [doc1].",
  );
  expect(short).toMatchObject({ support: null, is_supported: null });
  expect(foreign).toMatchObject({ support: null, is_supported: null });
});
