import type { DeploymentSettings, RateLimits } from "../config/settings.ts";
import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { ChatModel, EmbeddingModel } from "./model.ts";
import type { ModelPool } from "./model-upstream.ts";

/** What the names callers use for models stand for. */
export interface Deployments {
  /** @throws GroundwireError `deployment_not_found` when this server knows its deployments and the name is none of them. */
  resolve(name: string): Deployment;
  /** Names that may be asked for, as far as they can be known: the configured ones, and what the server behind tells. */
  list(signal: AbortSignal): Promise<string[]>;
  /** @throws GroundwireError as `resolve` does; `data_source_invalid` when it is the built-in answerer, which does not embed. */
  embeddingModel(name: string): EmbeddingModel;
  /** Embeds passages and queries; null: search is lexical only. */
  readonly embeddings: EmbeddingModel | null;
  /** How many upstreams have been called so far, and how many of them may be called now. */
  health(): { upstreams: number; available: number };
  close(): Promise<void>;
}

export type Deployment = ExtractiveDeployment | UpstreamDeployment;

/** Answered by the built-in extractive answerer. */
export interface ExtractiveDeployment {
  kind: "extractive";
  dataSources: readonly DataSource[];
  rerank: DeploymentSettings["rerank"];
  rateLimits: RateLimits;
}

/** Answered by a model elsewhere. */
export interface UpstreamDeployment {
  kind: "upstream";
  name: string;
  model: ChatModel;
  /** For handing requests on as they are. */
  pool: ModelPool;
  /** Asked when no upstream can answer; null: nobody. */
  fallback: Deployment | null;
  /** Searched for requests that name nothing to search. */
  dataSources: readonly DataSource[];
  rerank: DeploymentSettings["rerank"];
  rateLimits: RateLimits;
}
