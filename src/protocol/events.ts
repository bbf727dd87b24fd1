import type { GroundwireError } from "./errors.ts";
import type { CitationExtension, SentenceExtension } from "./extensions.ts";
import type { StepEnd, StepStart } from "./steps.ts";
import type { AnswerTrace } from "./trace.ts";

/**
 * What `answer()` yields. Encoders in `http/encode/` turn these into each wire dialect; a non-streaming
 * answer is a fold over the same events.
 */
export type AnswerEvent =
  /** What is searched for; a further round tells its own. */
  | { type: "search-queries"; queries: string[] }
  /** All there are so far: a search of the model's own adds to the end of both lists. */
  | { type: "citations"; citations: Citation[]; retrieved: RetrievedDocument[] }
  /** What stands for the beginning of a kept conversation from now on. */
  | { type: "summary"; summary: EarlierSummary }
  /** A hosted tool begins and ends its work. */
  | { type: "step-start"; step: StepStart }
  | { type: "step-end"; step: StepEnd }
  | { type: "text-delta"; text: string }
  | { type: "reasoning-delta"; text: string }
  | { type: "tool-call-start"; index: number; id: string; name: string }
  | { type: "tool-call-delta"; index: number; argumentsText: string }
  | { type: "usage"; usage: Usage }
  | { type: "finish"; reason: FinishReason; model: string }
  /** After the answer, when the caller asked for it: what supports each sentence. */
  | { type: "sentences"; sentences: SentenceExtension[] }
  /** Last of all, when the caller asked how the answer came to be. */
  | { type: "trace"; trace: AnswerTrace }
  | { type: "error"; error: GroundwireError };

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call";

/** A summary of everything before the question after so many. */
export interface EarlierSummary {
  text: string;
  questions: number;
}

/** Token counts as in `usage` of a chat completion. */
export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  completion_tokens_details?: Record<string, number | null>;
  prompt_tokens_details?: Record<string, number | null>;
}

/** One entry of `context.citations`; its position, counted from 1, is the N of `[docN]`. */
export interface Citation {
  content: string;
  title: string | null;
  url: string | null;
  filepath: string | null;
  /** Ordinal of the chunk in its file, as a string. */
  chunk_id: string;
  /** For callers who asked for it. */
  x_groundwire?: CitationExtension;
}

/** One entry of `context.all_retrieved_documents`; with the same extension as a citation. */
export interface RetrievedDocument extends Citation {
  search_queries: string[];
  data_source_index: number;
  /** The engine's own score, untouched. */
  original_search_score: number;
  rerank_score?: number;
  /** Absent when the passage was given to the model. */
  filter_reason?: "score" | "rerank";
}
