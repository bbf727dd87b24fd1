import { expect, test } from "vitest";

import { parseDataSources } from "../protocol/data-sources/parse.ts";
import { passageOf, startTestRun } from "../testing/answer-run.ts";
import { filterByStrictness } from "./filter.ts";
import type { Candidate } from "./fuse.ts";

const RELEVANCES = [0.9, 0.45, 0.1, 0.02, 0.005, 0.001];

function candidatesWith(relevances: number[], sourceIndex = 0): Candidate[] {
  return relevances.map((relevance) => ({
    passage: passageOf({ id: String(relevance), relevance }),
    sourceIndex,
    queries: [],
    fused: 1,
    relevance,
  }));
}

function passing(parameters: object, relevances = RELEVANCES): number {
  const run = startTestRun({ sources: [{ ...parameters }] });
  const filtered = filterByStrictness(candidatesWith(relevances), run);
  return filtered.filter(({ passes }) => passes).length;
}

test("each step of strictness lets fewer passages through", () => {
  expect([1, 2, 3, 4, 5].map((strictness) => passing({ strictness }))).toEqual([5, 4, 3, 2, 1]);
});

test("strictness 1 never empties a result; strictness 3 does", () => {
  expect(passing({ strictness: 1 }, [0.001])).toBe(1);
  expect(passing({ strictness: 3 }, [0.001])).toBe(0);
});

test("a score threshold of the caller holds at strictness 1 too", () => {
  expect(passing({ strictness: 1, ranking_options: { score_threshold: 0.4 } })).toBe(2);
  expect(passing({ strictness: 1, ranking_options: { score_threshold: 0.4 } }, [0.1])).toBe(0);
});

test("each source is held to its own strictness, and lenient ones alone save a result", () => {
  const run = startTestRun({ sources: [{ strictness: 5 }, { strictness: 1 }] });
  const both = [...candidatesWith([0.02], 0), ...candidatesWith([0.001], 1)];
  expect(filterByStrictness(both, run).map(({ passes }) => passes)).toEqual([false, true]);
});

test("the trace names what one step less would have let through", () => {
  const run = startTestRun();
  filterByStrictness(candidatesWith([0.9, 0.02, 0.015, 0.012, 0.005]), run);
  expect(run.trace.near_misses).toEqual({
    count: 3,
    strictness: 3,
    text: "3 passages just below strictness 3",
  });
  const clear = startTestRun();
  filterByStrictness(candidatesWith([0.9, 0.005]), clear);
  expect(clear.trace.near_misses).toBeNull();
});

test("each kind of relevance has its own thresholds", () => {
  const run = startTestRun();
  const foreign = parseDataSources([
    {
      type: "azure_search",
      parameters: {
        endpoint: "https://x.search.windows.net",
        index_name: "policies",
        authentication: { type: "api_key", key: "k" },
      },
    },
  ]).sources;
  const candidates = [...candidatesWith([0.2], 0), ...candidatesWith([0.2], 1)];
  const both = {
    ...run,
    question: { ...run.question, sources: [...run.question.sources, ...foreign] },
  };
  expect(filterByStrictness(candidates, both).map(({ passes }) => passes)).toEqual([true, false]);
});
