import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { createApp } from "../app.ts";
import { UNLIMITED } from "../auth/principal.ts";
import { fileSchema } from "../config/file-schema.ts";
import { openMemoryConversations } from "../conversations/memory.ts";
import type { LimitSettings, Settings } from "../config/settings.ts";
import { createRateLimiter } from "../limits/rate-limiter.ts";
import { createMetrics } from "../metrics/metrics.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import { TURN_TIMES } from "../http/hold-turn.ts";
import type { HttpServices } from "../http/services-type.ts";
import { createUsageLedger } from "../usage/usage-ledger.ts";
import { openEmbeddedStorage } from "../storage/embedded/embedded.ts";
import { TEST_ADMIN_KEY } from "./keys.ts";

export interface TestApp extends AsyncDisposable {
  url: string;
  app: FastifyInstance;
  services: HttpServices;
  /** Lines of the log, parsed. */
  log: Record<string, unknown>[];
  call(path: string, init?: RequestInit): Promise<Reply>;
  /** Sends JSON; a string or bytes go out as they are. */
  post(path: string, body: unknown): Promise<Reply>;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined when the text is no JSON. */
  json: any;
}

const LIMITS: LimitSettings = {
  maxFileBytes: 1_000_000,
  maxBodyBytes: 1_000_000,
  extractSeconds: 10,
  extractMemoryMb: 256,
  ingestConcurrency: 1,
  sourceSeconds: 5,
  pendingFilesSeconds: 1,
};

/** An answer that consists of these events. */
export async function* answerWith(events: AnswerEvent[]): AsyncGenerator<AnswerEvent> {
  yield* events;
}

/**
 * The HTTP surface on a free port, over real storage in a folder of its own. Nothing is ingested, and answers come from `overrides.answerer`.
 */
export async function startTestApp(
  settings: Partial<Settings> = {},
  overrides: Partial<HttpServices> = {},
): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), "groundwire-http-"));
  const storage = await openEmbeddedStorage({ dataDir });
  const log: Record<string, unknown>[] = [];
  const services: HttpServices = {
    settings: {
      host: "127.0.0.1",
      port: 0,
      dataDir,
      mode: "tolerant",
      apiKeys: [],
      entra: null,
      signIn: null,
      access: null,
      deployments: {},
      upstream: null,
      embeddingDeployment: null,
      sources: {},
      mlIndexes: [],
      identities: [],
      allowedHosts: [],
      trace: false,
      answering: fileSchema.parse({}).answering,
      rerank: null,
      codeInterpreter: fileSchema.parse({}).code_interpreter,
      conversations: fileSchema.parse({}).conversations,
      tools: fileSchema.parse({}).tools,
      page: fileSchema.parse({}).page,
      limits: LIMITS,
      logLevel: "info",
      ...settings,
    },
    adminKey: TEST_ADMIN_KEY,
    storage,
    conversations: openMemoryConversations(),
    turnTimes: TURN_TIMES,
    logger: pino({ level: "info" }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    now: () => Math.floor(Date.now() / 1000),
    ingest: { wake: () => {}, waitForPending: async () => {} },
    deployments: {
      resolve: () => ({
        kind: "extractive",
        dataSources: [],
        rerank: "default",
        rateLimits: UNLIMITED,
      }),
      list: async () => ["groundwire-extractive"],
      embeddings: null,
      embeddingModel: () => {
        throw new Error("no deployment embeds here");
      },
      health: () => ({ upstreams: 0, available: 0 }),
      close: async () => {},
    },
    limiter: createRateLimiter(),
    metrics: createMetrics(),
    usage: createUsageLedger({
      records: storage.usage,
      prices: new Map(),
      now: () => Math.floor(Date.now() / 1000),
      onError: (error) => void log.push({ err: String(error) }),
    }),
    doctor: {
      async *diagnose() {
        yield { object: "groundwire.diagnosis", status: "ok", ms: 0, targets: [] };
      },
    },
    answerer: { answer: () => answerWith([]) },
    finder: { find: async () => ({ passages: [], failures: [] }) },
    ...overrides,
  };
  const app = await createApp(services);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  async function call(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await fetch(url + path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }

  return {
    url,
    app,
    services,
    log,
    call,
    post: (path, body) =>
      call(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body:
          typeof body === "string" || body instanceof Uint8Array
            ? Buffer.from(body)
            : JSON.stringify(body),
      }),
    async [Symbol.asyncDispose]() {
      await app.close();
      await services.usage.close();
      await storage.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The body of an upload: fields as they are, files as files. */
export function form(fields: Record<string, string | File>): RequestInit {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return { method: "POST", body };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
