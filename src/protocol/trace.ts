import type { Usage } from "./events.ts";
import type { HostedToolName } from "./steps.ts";

/**
 * How an answer came to be: `x_groundwire.trace`, for callers who ask for it with the header `x-groundwire-trace: 1`. Holds
 * no credentials and no text of the conversation but its queries. Times are milliseconds.
 */
export interface AnswerTrace {
  depth: TracedDepth;
  /** Who wrote the queries, and why not the model when it was not. */
  rewriting: TracedRewriting;
  queries: TracedQuery[];
  sources: TracedSource[];
  /** Null: nobody read the passages again. */
  rerank: TracedRerank | null;
  /** Everything that was found, best first. */
  passages: TracedPassage[];
  /** Passages that the next lower strictness would have let through. */
  near_misses: TracedNearMisses | null;
  /** Impossible markers the model wrote, left out. */
  dropped_markers: number;
  /** Null: the answer is none. */
  refusal: TracedRefusal | null;
  /** Null: no model was asked to answer. */
  prompt: TracedPrompt | null;
  /** What hosted tools did, in order. */
  steps: TracedStep[];
  /** Why the model could not call hosted tools any more; null: it could. */
  tools_ended_by: "steps" | "seconds" | "tokens" | null;
  /** Every call of a model on the way to the answer; that of the answer is last. */
  calls: TracedCall[];
}

export interface TracedDepth {
  level: "shallow" | "standard" | "deep";
  /** As the request said it; null: it did not. */
  reasoning_effort: string | null;
  /** Most queries, candidates for each query and source, rounds of searching. */
  queries: number;
  candidates: number;
  rounds: number;
  /** Share of the question's words that the passages of the first round have; null: not looked at. */
  coverage: number | null;
}

export interface TracedRewriting {
  made_by: QueryMaker;
  /** The model that was asked; null: none was. */
  deployment: string | null;
  /** The same conversation had been rewritten before. */
  is_remembered: boolean;
  reason: string | null;
}

export interface TracedQuery {
  text: string;
  made_by: QueryMaker;
  round: number;
}

/** `question`: the words as they were asked. `rules`: made of the conversation without a model. `tool`: the model's own search. */
export type QueryMaker = "question" | "rules" | "model" | "tool";

export interface TracedSource {
  data_source_index: number;
  type: string;
  /** The longest of its searches. */
  milliseconds: number;
  searches: number;
  found: number;
  /** Searches that failed, with the reason a caller may know. */
  failures: { query: string; reason: string }[];
}

export interface TracedRerank {
  by: "endpoint" | "deployment";
  model: string;
  passages: number;
  milliseconds: number;
  /** Null: it succeeded; else the order stayed as it was. */
  failure: string | null;
}

export interface TracedPassage {
  data_source_index: number;
  title: string | null;
  filepath: string | null;
  chunk_id: string;
  /** Positions in `queries`. */
  queries: number[];
  original_search_score: number;
  /** 0…1, what strictness judges. */
  relevance: number;
  rerank_score: number | null;
  outcome: PassageOutcome;
}

/**
 * `used`, or why not: under the strictness, its text is there already, beyond `top_n_documents`, no room in the prompt, or the
 * answer was a refusal.
 */
export type PassageOutcome = "used" | "strictness" | "duplicate" | "top_n" | "budget" | "refused";

export interface TracedNearMisses {
  count: number;
  strictness: number;
  /** For people: "3 passages just below strictness 3". */
  text: string;
}

export interface TracedRefusal {
  /**
   * `nothing_found`: no passage passed. `not_covered`: the built-in answerer found no answer in them. `unsupported`: the model's
   * answer names no passage and its words are not theirs. `model`: the model refused.
   */
  why: "nothing_found" | "not_covered" | "unsupported" | "model";
  /** Share of the answer's words that stand in the passages; null: not judged. */
  support: number | null;
}

/** Tokens of what the model was given, and of what its answer may take. */
export interface TracedPrompt {
  /** All it can read and write. */
  window: number;
  answer_reserve: number;
  instructions: number;
  /** Definitions of functions, and the format of the answer. */
  tools: number;
  history: number;
  question: number;
  /** Results of tools, images. */
  other: number;
  passages: number;
}

/** One use of a hosted tool. */
export interface TracedStep {
  tool: HostedToolName;
  status: "completed" | "failed";
  milliseconds: number;
  /** Passages a search added, or files code made. */
  given: number;
}

/** One call of a model on the way to an answer. */
export interface TracedCall {
  /** `tools`: it ended in calls of hosted tools. */
  purpose: "rewrite" | "rerank" | "summary" | "tools" | "answer";
  deployment: string;
  milliseconds: number;
  usage: Usage | null;
}
