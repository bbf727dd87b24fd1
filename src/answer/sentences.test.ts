import fc from "fast-check";
import { expect, test } from "vitest";

import { sentenceSpans } from "./sentences.ts";

const sentences = (text: string): string[] =>
  sentenceSpans(text).map(({ start, end }) => text.slice(start, end));

test("sentences are told apart, with the markers that follow them", () => {
  expect(sentences("One is so [doc1]. Two is not. [doc2][doc3] Three?")).toEqual([
    "One is so [doc1].",
    "Two is not. [doc2][doc3]",
    "Three?",
  ]);
});

test("lines are sentences of their own: headings, list items, rows", () => {
  expect(sentences("# Leave\n\n- 27 days [doc1]\n- paid\n| a | b |")).toEqual([
    "# Leave",
    "- 27 days [doc1]",
    "- paid",
    "| a | b |",
  ]);
});

test("languages without blanks are cut at their own marks", () => {
  expect(sentences("年假是二十七天[doc1]。停车免费。")).toEqual([
    "年假是二十七天[doc1]。",
    "停车免费。",
  ]);
});

test("spans are in order, do not overlap, and leave out nothing but blanks", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."ab. !?\n[doc1]。 é") }), (text) => {
      const spans = sentenceSpans(text);
      let rest = "";
      let at = 0;
      for (const { start, end } of spans) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        rest += text.slice(at, start);
        at = end;
      }
      expect((rest + text.slice(at)).trim()).toBe("");
    }),
  );
});
