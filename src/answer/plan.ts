import type { ChatRequest } from "../protocol/chat.ts";
import type { CommonParameters } from "../protocol/data-sources/common.ts";
import type { DataSource } from "../protocol/data-sources/parse.ts";

/**
 * How much is done for one question. `reasoning_effort` decides, whatever writes the answer: a model of any family or the
 * built-in answerer. The table of `docs/retrieval.md`.
 */
export interface Plan {
  depth: "shallow" | "standard" | "deep";
  /** Most queries the first round searches with; the sources' own limits may lower it, and raise it where `mostQueries` allows. */
  queries: number;
  mostQueries: number;
  /** Passages asked for per query and source: so many for each that will be used, and at least so many. */
  candidatesPerPassage: number;
  leastCandidates: number;
  /** Most passages a reranker reads, where there is one. */
  reranked: number;
  /** Rounds of searching: a second one looks for what the first did not find. */
  rounds: 1 | 2;
}

const PLANS: Record<Plan["depth"], Plan> = {
  shallow: {
    depth: "shallow",
    queries: 1,
    mostQueries: 1,
    candidatesPerPassage: 2,
    leastCandidates: 10,
    reranked: 10,
    rounds: 1,
  },
  standard: {
    depth: "standard",
    queries: 3,
    mostQueries: 10,
    candidatesPerPassage: 4,
    leastCandidates: 20,
    reranked: 30,
    rounds: 1,
  },
  deep: {
    depth: "deep",
    queries: 5,
    mostQueries: 10,
    candidatesPerPassage: 8,
    leastCandidates: 50,
    reranked: 60,
    rounds: 2,
  },
};

/** A caller who wants more passages than this gets as many candidates as passages. */
const MOST_CANDIDATES = 200;

export function planFor({ reasoning_effort: effort }: Pick<ChatRequest, "reasoning_effort">): Plan {
  switch (effort) {
    case "none":
    case "minimal":
    case "low":
      return PLANS.shallow;
    case "high":
    case "xhigh":
    case "max":
      return PLANS.deep;
    default:
      return PLANS.standard;
  }
}

/** Most queries of the first round; every source may lower it by its `max_search_queries`. */
export function mostQueries(plan: Plan, sources: DataSource[]): number {
  const given = sources.flatMap(({ common }) => common.maxSearchQueries ?? []);
  const wanted = given.length === 0 ? plan.queries : Math.min(...given);
  return Math.min(wanted, plan.mostQueries);
}

/** Passages asked for per query of a source. */
export function candidatesFor(plan: Plan, { topNDocuments }: CommonParameters): number {
  const wanted = Math.max(plan.leastCandidates, plan.candidatesPerPassage * topNDocuments);
  return Math.max(topNDocuments, Math.min(MOST_CANDIDATES, wanted));
}
