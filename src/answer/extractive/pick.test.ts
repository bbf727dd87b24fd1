import { expect, it } from "vitest";

import { createAnalyzer } from "../../search/analysis/analyze.ts";
import { passageOf } from "../../testing/answer-run.ts";
import { pickSentences } from "./pick.ts";

const analyzer = createAnalyzer();

function pick(question: string, ...contents: string[]): string[] {
  const passages = contents.map((content) => passageOf({ content, relevance: 1 }));
  return pickSentences(question, passages, analyzer).map(({ text }) => text);
}

it("quotes the sentence that has a word of the question within a longer one", () => {
  expect(
    pick(
      "Wann zahlt die Versicherung?",
      "Die Kantine öffnet um zwölf und zahlt bar. Die Krankenversicherung zahlt ab dem dritten Tag.",
    ),
  ).toContain("Die Krankenversicherung zahlt ab dem dritten Tag.");
});

it("prefers, of sentences with the same words, the one beside the others", () => {
  expect(
    pick(
      "Who inspects the harbour crane?",
      "Somebody inspects the gate each morning. Visitors wait there until noon. The harbour crane is forty years old. The foreman inspects it each spring.",
    ),
  ).toEqual(["The harbour crane is forty years old.", "The foreman inspects it each spring."]);
});

it("quotes a sentence of a worse passage that has another part of the question", () => {
  const first = "The harbour crane may weigh forty tonnes.";
  const second = "Licences that are expired go to the office, which renews them.";
  const question = "What does the harbour crane weigh, and who renews expired licences?";
  expect(pick(question, first, "The canteen opens at noon.", second)).toEqual([first, second]);
});

it("quotes an answer to each question of a message that asks two, however differently long they are", () => {
  const leave = "Employees get thirty days of annual leave in each calendar year.";
  const parking = "A parking place at the office costs twenty euros.";
  const question =
    "How many days of annual leave do employees get in a year? What does parking cost?";
  expect(pick(question, leave, "The canteen opens at noon.", parking)).toEqual([leave, parking]);
});
