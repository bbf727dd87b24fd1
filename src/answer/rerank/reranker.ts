import type { ChatModel, RerankModel } from "../../models/model.ts";

/** Who reads passages again: a model made for that, or a chat model that lists them in order. */
export type Reranker =
  | { kind: "endpoint"; model: RerankModel; seconds: number }
  | { kind: "deployment"; model: ChatModel; seconds: number };
