import { expect, test } from "vitest";

import { fuseRankings } from "./rank-fusion.ts";
import type { SourcePassage } from "./source.ts";

function passage(id: string, relevance: number | null): SourcePassage {
  return {
    id,
    content: id,
    matched: id,
    title: null,
    url: null,
    filepath: null,
    chunkId: "0",
    score: 12,
    relevance,
    rerankScore: null,
    page: null,
    headingPath: [],
    anchor: null,
  };
}

test("what several rankings find comes before what one of them finds first; relevance is kept from where it is known", () => {
  const words = [passage("words", null), passage("both", null)];
  const vectors = [passage("vectors", 0.9), passage("both", 0.5)];
  const fused = fuseRankings([words, vectors]);
  expect(fused.map(({ id, relevance }) => [id, relevance])).toEqual([
    ["both", 0.5],
    ["words", null],
    ["vectors", 0.9],
  ]);
  expect(fused[0]?.score).toBeCloseTo(2 / 62);
  expect(fused[1]?.score).toBeCloseTo(1 / 61);
});
