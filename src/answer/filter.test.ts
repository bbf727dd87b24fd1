import { expect, test } from "vitest";

import { parseDataSources } from "../protocol/data-sources/parse.ts";
import { filterByStrictness } from "./filter.ts";
import type { Candidate } from "./retrieve.ts";

const RELEVANCES = [0.9, 0.5, 0.35, 0.2, 0.1, 0.01];

function passing(strictness: number, relevances = RELEVANCES): number {
  const candidates = relevances.map((relevance): Candidate => ({
    passage: {
      id: String(relevance),
      content: "",
      matched: "",
      title: null,
      url: null,
      filepath: null,
      chunkId: "0",
      score: relevance,
      relevance,
      rerankScore: null,
      page: null,
      headingPath: [],
      anchor: null,
    },
    sourceIndex: 0,
    queries: [],
    fused: 1,
    relevance,
  }));
  const { sources } = parseDataSources([
    { type: "file_search", parameters: { vector_store_id: "vs_1", strictness } },
  ]);
  return filterByStrictness(candidates, sources).filter(({ passes }) => passes).length;
}

test("each step of strictness lets fewer passages through", () => {
  expect([1, 2, 3, 4, 5].map((strictness) => passing(strictness))).toEqual([5, 4, 3, 2, 1]);
});

test("strictness 1 never empties a result; strictness 3 does", () => {
  expect(passing(1, [0.01])).toBe(1);
  expect(passing(3, [0.01])).toBe(0);
});
