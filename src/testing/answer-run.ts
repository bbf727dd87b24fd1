import type { AnswerServices, Question } from "../answer/question.ts";
import { REFUSAL } from "../answer/refuse.ts";
import { type Run, startRun } from "../answer/run.ts";
import { UNLIMITED } from "../auth/principal.ts";
import { chatRequestSchema } from "../protocol/chat.ts";
import { parseDataSources } from "../protocol/data-sources/parse.ts";
import { createAnalyzer } from "../search/analysis/analyze.ts";
import type { SourcePassage } from "../sources/source.ts";
import { createLruCache } from "../util/lru-cache.ts";

export interface TestRunOptions {
  /** Of the chat request. */
  chat?: Record<string, unknown>;
  /** Parameters of each source; one vector store by default. */
  sources?: Record<string, unknown>[];
  question?: Partial<Question>;
  services?: Partial<AnswerServices>;
  signal?: AbortSignal;
}

/** A run whose steps can be tried one by one. Searches find nothing unless `services.openSource` says better. */
export function startTestRun({
  chat = {},
  sources = [{}],
  question = {},
  services = {},
  signal = new AbortController().signal,
}: TestRunOptions = {}): Run {
  const parsed = parseDataSources(
    sources.map((parameters) => ({
      type: "file_search",
      parameters: { vector_store_id: "vs_1", ...parameters },
    })),
  );
  return startRun(
    {
      tenant: "default",
      chat: chatRequestSchema.parse({ messages: [{ role: "user", content: "Hello?" }], ...chat }),
      sources: parsed.sources,
      deployment: { kind: "extractive", dataSources: [], rerank: "default", rateLimits: UNLIMITED },
      conversationId: null,
      earlierSummary: null,
      files: [],
      tellsCitationsOnce: false,
      wantsTrace: true,
      wantsExtensions: false,
      ...question,
    },
    {
      openSource: () => ({ type: "file_search", scoreKind: "lexical", search: async () => [] }),
      sourceSeconds: 30,
      analyzer: createAnalyzer(),
      refusing: { text: REFUSAL, refusesUnsupported: true, threshold: 0.4 },
      rerankerFor: () => null,
      codeInterpreter: {
        status: async () => ({ state: "off" }),
        open: async () => {
          throw new Error("no code is run here");
        },
        close: async () => {},
      },
      keepFile: async () => "file-1",
      toolBounds: { steps: 10, seconds: 60, tokens: 100_000 },
      summarising: null,
      rewriting: { modelFor: () => null, seconds: 10, cache: createLruCache(10) },
      ...services,
    },
    signal,
  );
}

/** A passage of an engine, with what a test cares about. */
export function passageOf(more: Partial<SourcePassage> = {}): SourcePassage {
  const content = more.content ?? "Full-time employees get 27 days of annual leave a year.";
  return {
    id: content,
    content,
    matched: content,
    title: null,
    url: null,
    filepath: null,
    chunkId: "0",
    score: 1,
    relevance: null,
    rerankScore: null,
    page: null,
    headingPath: [],
    anchor: null,
    ...more,
  };
}
