import type { Dispatcher } from "undici";
import type { ChatModel, EmbeddingModel } from "./model.ts";

/** What the names callers use for models stand for. */
export interface Deployments {
  /** @throws GroundwireError `deployment_not_found` when this server knows its deployments and the name is none of them. */
  resolve(name: string): Deployment;
  /** Names to list; empty when every name is forwarded. */
  names(): string[];
  /** Embeds passages and queries; null: search is lexical only. */
  readonly embeddings: EmbeddingModel | null;
  close(): Promise<void>;
}

export type Deployment = ExtractiveDeployment | UpstreamDeployment;

/** Answered by the built-in extractive answerer. */
export interface ExtractiveDeployment {
  kind: "extractive";
}

/** Answered by a model elsewhere. */
export interface UpstreamDeployment {
  kind: "upstream";
  model: ChatModel;
  /** For handing requests on as they are. */
  target: UpstreamTarget;
}

export interface UpstreamTarget {
  dispatcher: Dispatcher;
  url(operation: "chat/completions" | "embeddings"): URL;
  /** The operator's credentials. */
  headers: Record<string, string>;
  /** The operator's key, for masking; null when there is none. */
  secret: string | null;
  /** What `model` of the body must say; null: the upstream goes by its URL. */
  modelInBody: string | null;
}
