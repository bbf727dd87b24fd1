import { expect, test } from "vitest";

import { parseDataSources } from "../protocol/data-sources/parse.ts";
import { candidatesFor, mostQueries, planFor } from "./plan.ts";

const source = (more: object = {}) =>
  parseDataSources([{ type: "file_search", parameters: { vector_store_id: "vs_1", ...more } }])
    .sources;

test.each([
  ["none", "shallow"],
  ["minimal", "shallow"],
  ["low", "shallow"],
  ["medium", "standard"],
  [undefined, "standard"],
  ["high", "deep"],
  ["xhigh", "deep"],
  ["max", "deep"],
] as const)("reasoning_effort %s is a %s plan", (effort, depth) => {
  expect(planFor(effort === undefined ? {} : { reasoning_effort: effort }).depth).toBe(depth);
});

test("each step of depth means more queries, candidates and rounds", () => {
  const plans = (["low", "medium", "high"] as const).map((effort) =>
    planFor({ reasoning_effort: effort }),
  );
  const [common] = source().map((entry) => entry.common);
  if (!common) throw new Error("no source");
  expect(plans.map((plan) => mostQueries(plan, source()))).toEqual([1, 3, 5]);
  expect(plans.map((plan) => candidatesFor(plan, common))).toEqual([10, 20, 50]);
  expect(plans.map(({ rounds }) => rounds)).toEqual([1, 1, 2]);
});

test("max_search_queries lowers and raises the number, but low effort stays with one query", () => {
  const standard = planFor({});
  expect(mostQueries(standard, source({ max_search_queries: 1 }))).toBe(1);
  expect(mostQueries(standard, source({ max_search_queries: 6 }))).toBe(6);
  expect(mostQueries(standard, source({ max_search_queries: 500 }))).toBe(10);
  expect(mostQueries(planFor({ reasoning_effort: "low" }), source({ max_search_queries: 6 }))).toBe(
    1,
  );
});

test("whoever wants many passages gets at least as many candidates", () => {
  const [common] = source({ top_n_documents: 400 }).map((entry) => entry.common);
  if (!common) throw new Error("no source");
  expect(candidatesFor(planFor({}), common)).toBe(400);
});
