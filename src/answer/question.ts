import type { ToolSettings } from "../config/settings.ts";
import type { Deployment } from "../models/deployments.ts";
import type { ChatModel } from "../models/model.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { EarlierSummary } from "../protocol/events.ts";
import type { Analyzer } from "../search/analysis/analyze.ts";
import type { Source } from "../sources/source.ts";
import type { CodeInterpreter } from "../tools/code-interpreter/code-interpreter.ts";
import type { ProducedFile } from "../tools/code-interpreter/sandbox.ts";
import type { LruCache } from "../util/lru-cache.ts";
import type { Reranker } from "./rerank/reranker.ts";

/** A chat request that is answered here, with everything the answer depends on. */
export interface Question {
  tenant: string;
  chat: ChatRequest;
  /** Empty: nothing is searched. */
  sources: DataSource[];
  deployment: Deployment;
  /** Whose variables code goes on with; null: those of this answer only. */
  conversationId: string | null;
  /** What stands for the beginning of a kept conversation; null: nothing does. */
  earlierSummary: EarlierSummary | null;
  /** What code may read. */
  files: QuestionFile[];
  /** Citations are told once, ahead of the text, so that none can follow when text has been told; else whenever there are more. */
  tellsCitationsOnce: boolean;
  /** The reply is to tell how it came to be. */
  wantsTrace: boolean;
  /** The reply is to tell where citations stand, and what supports each sentence. */
  wantsExtensions: boolean;
  /** Told what the caller should know of how the answer was made. */
  onWarning?(text: string): void;
  /** Told how long each stage took, in milliseconds. */
  onStage?(stage: "rewrite" | "retrieve" | "rank" | "prompt" | "model", milliseconds: number): void;
}

/** A file the request names, which the caller may see. */
export interface QuestionFile {
  id: string;
  name: string;
  read(): Promise<Uint8Array>;
}

/** Who writes queries, and what they wrote before. */
export interface RewritingServices {
  /** The model that rewrites questions asked of a deployment; null: no model does. */
  modelFor: (asked: Deployment) => ChatModel | null;
  /** Longest wait for it; then the rules do. */
  seconds: number;
  /** Queries by a digest of tenant, model and conversation. */
  cache: LruCache<string[]>;
}

/** Who writes the summaries of kept conversations. */
export interface SummarisingServices {
  /** Null: the model that was asked. */
  model: ChatModel | null;
  /** Longest wait for one. */
  seconds: number;
}

/** When and how an answer in scope is refused. */
export interface RefusingServices {
  /** What a refusal says, or that by language of the question. */
  text: string | Record<string, string>;
  /** A model's answer that the passages do not support becomes the refusal. */
  refusesUnsupported: boolean;
  /** Support an answer needs that names no passage, 0…1. */
  threshold: number;
}

/** What the answer needs of the process it is written in. */
export interface AnswerServices {
  openSource: (source: DataSource["source"]) => Source;
  /** Longest wait for one search of one source, in seconds. */
  sourceSeconds: number;
  rewriting: RewritingServices;
  /** Null: no summaries are written. */
  summarising: SummarisingServices | null;
  refusing: RefusingServices;
  /** Who reads the best passages again; null: nobody. */
  rerankerFor: (asked: Deployment) => Reranker | null;
  /** Kept because it remembers stems. */
  analyzer: Analyzer;
  codeInterpreter: CodeInterpreter;
  /** Keeps a file that code has made for the tenant, and answers its id. */
  keepFile: (tenant: string, file: ProducedFile) => Promise<string>;
  /** How far models may go with hosted tools. */
  toolBounds: ToolSettings;
}
