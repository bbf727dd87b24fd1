import { describe, expect, it } from "vitest";

import type { SourcePassage } from "../sources/source.ts";
import { passageOf, startTestRun } from "../testing/answer-run.ts";
import { fuse } from "./fuse.ts";
import type { ResultList } from "./retrieve.ts";

const run = startTestRun({ sources: [{}, {}] });

function list(
  passages: Partial<SourcePassage>[],
  {
    query = "annual leave",
    ...more
  }: Partial<Omit<ResultList, "passages" | "query">> & {
    query?: string;
  } = {},
): ResultList {
  return {
    query: { text: query, madeBy: "question" },
    sourceIndex: 0,
    scoreKind: "lexical",
    passages: passages.map((passage) => passageOf(passage)),
    ...more,
  };
}

const idsOf = (lists: ResultList[]): string[] => fuse(lists, run).map(({ passage }) => passage.id);

describe("fusion", () => {
  it("keeps the order of a single list, whatever the relevances say", () => {
    expect(
      idsOf([
        list([
          { id: "a", relevance: 0.2 },
          { id: "b", relevance: 0.9 },
        ]),
      ]),
    ).toEqual(["a", "b"]);
  });

  it("makes one of a passage that several queries found, with the best score and every query", () => {
    const [first] = fuse(
      [
        list([{ id: "a", score: 2, relevance: 0.4 }]),
        list(
          [
            { id: "b", relevance: 0.4 },
            { id: "a", score: 5, relevance: 0.6 },
          ],
          { query: "sick leave" },
        ),
      ],
      run,
    );
    expect(first).toMatchObject({
      passage: { id: "a", score: 5 },
      queries: ["annual leave", "sick leave"],
      relevance: 0.6,
    });
  });

  it("does not let what two queries found low drown what one of them found first", () => {
    const ranks = (first: string): Partial<SourcePassage>[] => [
      { id: first, relevance: 0.9 },
      { id: "x", relevance: 0.3 },
      { id: "y", relevance: 0.3 },
      { id: "both", relevance: 0.3 },
    ];
    const ids = idsOf([list(ranks("a")), list(ranks("b"), { query: "sick leave" })]);
    expect(ids.indexOf("a")).toBeLessThan(ids.indexOf("both"));
    expect(ids.indexOf("b")).toBeLessThan(ids.indexOf("both"));
  });

  it("puts a source's good passages before the first of one that has nothing to say", () => {
    const good = list([
      { id: "a", relevance: 0.9 },
      { id: "b", relevance: 0.8 },
    ]);
    const idle = list([{ id: "c", relevance: 0.2 }], { sourceIndex: 1 });
    expect(idsOf([idle, good])).toEqual(["a", "b", "c"]);
  });

  it("takes passages of the same id in two sources for two", () => {
    const two = [
      list([{ id: "a", relevance: 1 }]),
      list([{ id: "a", relevance: 1 }], { sourceIndex: 1 }),
    ];
    expect(fuse(two, run).map(({ sourceIndex }) => sourceIndex)).toEqual([0, 1]);
  });
});

describe("a passage whose engine says no more than its rank", () => {
  const passages = [
    { id: "whole", content: "Annual leave is 27 days a year." },
    {
      id: "apart",
      content:
        "Annual reports go to the board in May. Nobody signs them before the auditors leave.",
    },
    { id: "half", content: "Parental leave is paid." },
    { id: "none", content: "The cafeteria opens at noon." },
  ];
  const relevances = (scoreKind: ResultList["scoreKind"]): Record<string, number> =>
    Object.fromEntries(
      fuse([list(passages, { scoreKind })], run).map(({ passage, relevance }) => [
        passage.id,
        relevance,
      ]),
    );

  it("is judged by the words of the query it has, together before scattered", () => {
    const { whole = 0, apart = 0, half = 0, none } = relevances("lexical");
    expect(whole).toBeCloseTo(1);
    expect(apart).toBeLessThan(whole);
    expect(half).toBeLessThan(apart);
    expect(none).toBe(0);
  });

  it.each(["rank", "cosine"] as const)(
    "is believed a little for its place where meaning may have made it (%s)",
    (kind) => {
      const { none = 0 } = relevances(kind);
      expect(none).toBeGreaterThan(0.1);
      expect(none).toBeLessThan(0.3);
      const [first] = fuse(
        [list([{ id: "other words", content: "Holidays: 27 a year." }], { scoreKind: kind })],
        run,
      );
      expect(first?.relevance).toBeCloseTo(0.3);
    },
  );

  it("is judged by the whole question when its query was only a part of that", () => {
    const asked = {
      text: "leave",
      madeBy: "rules",
      judgedAs: "leave of trainees in Lisbon",
    } as const;
    const [first] = fuse([{ ...list([{ relevance: 1 }]), query: asked }], run);
    expect(first?.relevance).toBeLessThan(0.5);
  });

  it("is taken at its word when the query has stop words only", () => {
    const [first] = fuse([list([{ id: "a" }], { query: "what is it" })], run);
    expect(first?.relevance).toBe(1);
  });
});
