import type { FinishReason, Usage } from "../protocol/events.ts";
import type { FamilyTraits } from "./families.ts";

/** Writes answers. One driver per wire (`openai-compatible.ts`); the built-in extractive answerer is not a model. */
export interface ChatModel {
  /** What the answer reports as `model` until the upstream says better. */
  readonly id: string;
  /** What models of this name take and refuse. */
  readonly family: FamilyTraits;
  /** Rejects, or throws while iterating, with a `GroundwireError`. Aborts the upstream call with the signal or an early `return()`. */
  generate(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent>;
}

export interface ModelRequest {
  messages: ModelMessage[];
  /** Request fields handed on as they came (temperature, tools, response_format, …), as the caller wrote them; the model maps them. */
  parameters: Record<string, unknown>;
}

export interface ModelMessage {
  role: "system" | "developer" | "user" | "assistant" | "tool" | "function";
  content: unknown;
  [key: string]: unknown;
}

export type ModelEvent =
  | { type: "text-delta"; text: string }
  | { type: "reasoning-delta"; text: string }
  | { type: "tool-call-start"; index: number; id: string; name: string }
  | { type: "tool-call-delta"; index: number; argumentsText: string }
  | { type: "usage"; usage: Usage }
  | { type: "finish"; reason: FinishReason; model: string };

/** Tells how well texts answer a query. */
export interface RerankModel {
  readonly id: string;
  /** A score for each text, in order, higher is better; null for one it left out. Rejects with a `GroundwireError`. */
  rerank(query: string, texts: string[], signal: AbortSignal): Promise<(number | null)[]>;
}

/** Turns text into vectors. */
export interface EmbeddingModel {
  readonly id: string;
  /** Most texts one call may carry. */
  readonly maxBatch: number;
  /** One vector per text, in order, all of the same length. Rejects with a `GroundwireError`. */
  embed(
    texts: string[],
    options: { dimensions?: number; signal: AbortSignal },
  ): Promise<Float32Array[]>;
}
