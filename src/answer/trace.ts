import type { AnswerTrace } from "../protocol/trace.ts";
import { candidatesFor, mostQueries, type Plan } from "./plan.ts";
import type { Question } from "./question.ts";

/** A trace in which nothing has happened yet. */
export function emptyTrace({ chat, sources }: Question, plan: Plan): AnswerTrace {
  const candidates = sources.map(({ common }) => candidatesFor(plan, common));
  return {
    depth: {
      level: plan.depth,
      reasoning_effort: chat.reasoning_effort ?? null,
      queries: mostQueries(plan, sources),
      candidates: Math.max(0, ...candidates),
      rounds: plan.rounds,
      coverage: null,
    },
    rewriting: { made_by: "question", deployment: null, is_remembered: false, reason: null },
    queries: [],
    sources: sources.map(({ source }, index) => ({
      data_source_index: index,
      type: source.type,
      milliseconds: 0,
      searches: 0,
      found: 0,
      failures: [],
    })),
    rerank: null,
    passages: [],
    near_misses: null,
    dropped_markers: 0,
    refusal: null,
    prompt: null,
    steps: [],
    tools_ended_by: null,
    calls: [],
  };
}

/** Tenths of a millisecond are enough for people. */
export function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
