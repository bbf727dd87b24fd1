import type { Dispatcher } from "undici";

export type Operation = "chat/completions" | "embeddings" | "rerank";

/** One model on one server, and how to call it. */
export interface UpstreamTarget {
  dispatcher: Dispatcher;
  url(operation: Operation): URL;
  /** The operator's credentials as headers. Rejects with a `GroundwireError` when a token cannot be had. */
  credentials(signal: AbortSignal): Promise<Record<string, string>>;
  /** The operator's key, for masking; null when there is none. */
  secret: string | null;
  /** What `model` of the body must say; null: the upstream goes by its URL. */
  modelInBody: string | null;
  /** Longest wait for the head of an answer. */
  firstByteMs: number;
  /** Longest silence within an answer. */
  idleMs: number;
}
