import { once } from "node:events";

import { describe, expect, it } from "vitest";

import { GroundwireError } from "../protocol/errors.ts";
import type { Source, SourceQuery } from "../sources/source.ts";
import { passageOf, startTestRun, type TestRunOptions } from "../testing/answer-run.ts";
import { retrieve, type Query } from "./retrieve.ts";

const QUERIES: Query[] = [
  { text: "annual leave", madeBy: "question" },
  { text: "sick leave", madeBy: "rules" },
];

type Search = (query: SourceQuery) => ReturnType<Source["search"]>;

const found: Search = async ({ text }) => [passageOf({ id: text })];
const failing: Search = async () => {
  throw new GroundwireError("data_source_unavailable", "The index is away.");
};
const hanging: Search = () => new Promise(() => {});

/** One source per search, in order. */
function runWith(searches: Search[], { sources = [], ...options }: TestRunOptions = {}) {
  const warnings: string[] = [];
  let opened = 0;
  const run = startTestRun({
    sources: searches.map((_, index) => sources[index] ?? {}),
    question: { onWarning: (text) => void warnings.push(text) },
    ...options,
    services: {
      openSource: () => ({
        type: "file_search",
        scoreKind: "lexical",
        search: searches[opened++] ?? found,
      }),
      ...options.services,
    },
  });
  return { run, warnings };
}

const partial = { allow_partial_result: true };

describe("every query goes to every source", () => {
  it("with as many candidates as the depth says", async () => {
    const limits: number[] = [];
    const { run } = runWith([async ({ limit }) => (limits.push(limit), [passageOf()])], {
      chat: { reasoning_effort: "high" },
    });
    await retrieve(QUERIES, run);
    expect(limits).toEqual([50, 50]);
  });

  it("and the lists say which query and which source they are of", async () => {
    const { run } = runWith([found, found]);
    const lists = await retrieve(QUERIES, run);
    expect(lists.map(({ query, sourceIndex }) => [query.text, sourceIndex])).toEqual([
      ["annual leave", 0],
      ["sick leave", 0],
      ["annual leave", 1],
      ["sick leave", 1],
    ]);
    expect(run.trace.sources).toMatchObject([
      { searches: 2, found: 2, failures: [] },
      { searches: 2, found: 2, failures: [] },
    ]);
    expect(run.trace.queries).toEqual([
      { text: "annual leave", made_by: "question", round: 1 },
      { text: "sick leave", made_by: "rules", round: 1 },
    ]);
  });
});

describe("a source that fails", () => {
  it("fails the question at once, and the other searches are ended", async () => {
    const ended = Promise.withResolvers<void>();
    const { run } = runWith([
      failing,
      async ({ signal }) => {
        await once(signal, "abort");
        ended.resolve();
        throw signal.reason;
      },
    ]);
    await expect(retrieve(QUERIES, run)).rejects.toThrow("The index is away.");
    await ended.promise;
  });

  it("is left out where its own parameters allow that, and both caller and trace are told", async () => {
    const { run, warnings } = runWith([failing, found], { sources: [partial, {}] });
    const lists = await retrieve(QUERIES, run);
    expect(lists.map(({ sourceIndex }) => sourceIndex)).toEqual([1, 1]);
    expect(warnings).toEqual([
      "data source 1 (file_search) answered in part or not at all: The index is away.",
    ]);
    expect(run.trace.sources[0]?.failures).toEqual([
      { query: "annual leave", reason: "The index is away." },
      { query: "sick leave", reason: "The index is away." },
    ]);
  });

  it("fails the question when the failing source is not the one that allows parts", async () => {
    const { run } = runWith([failing, found], { sources: [{}, partial] });
    await expect(retrieve(QUERIES, run)).rejects.toThrow("The index is away.");
  });

  it("fails the question when all of them do", async () => {
    const { run } = runWith([failing, failing], { sources: [partial, partial] });
    await expect(retrieve(QUERIES, run)).rejects.toThrow("The index is away.");
  });

  it("does not fail it in a further round", async () => {
    const { run } = runWith([failing]);
    expect(await retrieve(QUERIES, run, { isFurtherRound: true })).toEqual([]);
    expect(run.trace.queries.map(({ round }) => round)).toEqual([2, 2]);
  });

  it("never shows what was not meant for callers", async () => {
    const leaking: Search = async () => {
      throw new Error("connect mongodb://user:secret@host");
    };
    const { run, warnings } = runWith([leaking, found], { sources: [partial, {}] });
    await retrieve(QUERIES, run);
    expect(JSON.stringify([warnings, run.trace])).not.toContain("secret");
  });
});

describe("a source that does not answer", () => {
  it("has failed after its deadline, also when it does not heed its signal", async () => {
    const { run } = runWith([hanging], { services: { sourceSeconds: 0.02 } });
    await expect(retrieve(QUERIES, run)).rejects.toThrow(
      "The data source 1 (file_search) has not answered within 0.02 seconds.",
    );
  });

  it("is left at once when the caller goes away", async () => {
    const controller = new AbortController();
    const { run } = runWith([hanging], { signal: controller.signal });
    const retrieved = retrieve(QUERIES, run);
    controller.abort(new Error("gone"));
    await expect(retrieved).rejects.toThrow("gone");
  });
});
