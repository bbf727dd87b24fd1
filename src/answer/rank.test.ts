import { expect, test } from "vitest";

import type { SourcePassage } from "../sources/source.ts";
import { passageOf, startTestRun } from "../testing/answer-run.ts";
import { rank } from "./rank.ts";

type Given = Partial<SourcePassage> & { sourceIndex?: number; passes?: boolean };

function outcomes(passages: Given[], sources: Record<string, unknown>[] = [{}]): string[] {
  return rankedOf(passages, sources).map(({ outcome }) => outcome);
}

function rankedOf(passages: Given[], sources: Record<string, unknown>[] = [{}]) {
  const candidates = passages.map(({ sourceIndex = 0, passes = true, ...passage }, index) => ({
    passage: passageOf({ content: `Passage ${index}`, ...passage }),
    sourceIndex,
    passes,
    queries: [],
    fused: 1 / (index + 1),
    relevance: 1,
  }));
  return rank(candidates, startTestRun({ sources })).ranked;
}

test("the best of those that pass are used, as many as the source asks for", () => {
  expect(outcomes([{}, { passes: false }, {}, {}], [{ top_n_documents: 2 }])).toEqual([
    "used",
    "strictness",
    "used",
    "top_n",
  ]);
});

test("of several sources each gives no more than it was asked for, together as many as the most generous", () => {
  const sources = [{ top_n_documents: 1 }, { top_n_documents: 3 }];
  const passages = [0, 0, 1, 1, 1].map((sourceIndex) => ({ sourceIndex }));
  expect(outcomes(passages, sources)).toEqual(["used", "top_n", "used", "used", "top_n"]);
});

test("the same text is used once, whichever sources have it and however it is spaced", () => {
  const passages = [
    { content: "Leave is 27 days." },
    { content: "Leave  is\n27 days.", sourceIndex: 1 },
    { content: "Leave is 28 days." },
  ];
  expect(outcomes(passages, [{}, {}])).toEqual(["used", "duplicate", "used"]);
});

test("a passage that a wider one of the same document shows already is left out, of another document not", () => {
  const wide = {
    content: "Part one. Part two. Part three.",
    matched: "Part two.",
    filepath: "a.md",
  };
  const inside = { content: "Part three. Part four.", matched: "Part three.", filepath: "a.md" };
  expect(outcomes([wide, inside])).toEqual(["used", "duplicate"]);
  expect(outcomes([wide, { ...inside, filepath: "b.md" }])).toEqual(["used", "used"]);
});

test("neighbouring text that a better passage of the same document shows is not shown again", () => {
  const [first, shared, last] = [1, 2, 3].map(
    (n) => `Sentence ${n} is long enough to be told from chance.`,
  );
  const better = { content: `${first}\n${shared}`, matched: `${first}`, filepath: "a.md" };
  const next = { content: `${shared}\n${last}`, matched: `${last}`, filepath: "a.md" };
  const contents = (passages: Given[]) => rankedOf(passages).map(({ passage }) => passage.content);
  expect(contents([better, next])).toEqual([better.content, last]);
  expect(contents([next, better])).toEqual([next.content, first]);
  expect(contents([better, { ...next, filepath: "b.md" }])).toEqual([better.content, next.content]);
});
