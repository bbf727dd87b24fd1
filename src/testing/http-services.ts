import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { createApp } from "../app.ts";
import type { LimitSettings, Settings } from "../config/settings.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import type { HttpServices } from "../http/services-type.ts";
import type { PassageIndex } from "../storage/storage.ts";
import { openBlobs } from "../storage/embedded/blobs.ts";
import { openCatalogue } from "../storage/embedded/catalogue/catalogue.ts";

export interface TestApp extends AsyncDisposable {
  url: string;
  app: FastifyInstance;
  services: HttpServices;
  /** Lines of the log, parsed. */
  log: Record<string, unknown>[];
}

const LIMITS: LimitSettings = {
  maxFileBytes: 1_000_000,
  maxBodyBytes: 1_000_000,
  extractSeconds: 10,
  extractMemoryMb: 256,
  ingestConcurrency: 1,
  pendingFilesSeconds: 1,
};

const NO_PASSAGES: PassageIndex = {
  putFile: async () => ({ usageBytes: 0 }),
  setAttributes: async () => {},
  deleteFile: async () => {},
  drop: async () => {},
  search: async () => [],
  range: async () => [],
  chunks: async () => ({ data: [], hasMore: false }),
};

/** An answer that consists of these events. */
export async function* answerWith(events: AnswerEvent[]): AsyncGenerator<AnswerEvent> {
  yield* events;
}

/**
 * The HTTP surface on a free port, over a real catalogue and real blobs in a folder of its own. Nothing is ingested or
 * found, and answers come from `overrides.answerer`.
 */
export async function startTestApp(
  settings: Partial<Settings> = {},
  overrides: Partial<HttpServices> = {},
): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), "groundwire-http-"));
  const catalogue = openCatalogue(join(dataDir, "catalogue.db"));
  const storage = {
    ...catalogue,
    passages: NO_PASSAGES,
    blobs: await openBlobs(join(dataDir, "files")),
  };
  const log: Record<string, unknown>[] = [];
  const services: HttpServices = {
    settings: {
      host: "127.0.0.1",
      port: 0,
      dataDir,
      mode: "tolerant",
      apiKeys: [],
      upstream: null,
      embeddingDeployment: null,
      limits: LIMITS,
      logLevel: "info",
      ...settings,
    },
    storage,
    logger: pino({ level: "info" }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    now: () => Math.floor(Date.now() / 1000),
    ingest: { wake: () => {}, waitForPending: async () => {} },
    deployments: {
      resolve: () => ({ kind: "extractive" }),
      names: () => ["groundwire-extractive"],
      embeddings: null,
      close: async () => {},
    },
    answerer: { answer: () => answerWith([]) },
    ...overrides,
  };
  const app = await createApp(services);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    url,
    app,
    services,
    log,
    async [Symbol.asyncDispose]() {
      await app.close();
      await storage.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
