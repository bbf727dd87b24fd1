import { join } from "node:path";

import type { Logger } from "pino";

import { answer } from "./answer/answer.ts";
import { find } from "./answer/find.ts";
import { createAnswerServices } from "./answer-services.ts";
import { openDoctor } from "./doctor-services.ts";
import { newKeyText } from "./auth/key-text.ts";
import { openConversations } from "./conversations/open.ts";
import { refuseOpenHost } from "./config/open-host.ts";
import type { Price, Settings } from "./config/settings.ts";
import { TURN_TIMES } from "./http/hold-turn.ts";
import type { HttpServices } from "./http/services-type.ts";
import { createExtractor } from "./ingest/extract/extract.ts";
import { startJobRunner } from "./ingest/job-runner.ts";
import { createRateLimiter } from "./limits/rate-limiter.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { createDeployments } from "./models/create-deployments.ts";
import { createOutputFiles } from "./output-files.ts";
import { seedSamples } from "./samples.ts";
import { openEmbeddedStorage } from "./storage/embedded/embedded.ts";
import type { Storage } from "./storage/storage.ts";
import { openSources } from "./source-services.ts";
import { createUsageLedger } from "./usage/usage-ledger.ts";
import { startSweeper } from "./sweeper.ts";
import { createCodeInterpreter } from "./tools/code-interpreter/create-code-interpreter.ts";
import { keepSessions } from "./tools/code-interpreter/kept-sessions.ts";

/** What one process owns. Drivers are known here and in the files it opens services by; nowhere else. */
export interface Services extends AsyncDisposable {
  http: HttpServices;
}

/** Opens everything a server needs, in order; disposing closes it in the opposite order. */
export async function openServices(settings: Settings, logger: Logger): Promise<Services> {
  await using resources = new AsyncDisposableStack();
  const now = (): number => Math.floor(Date.now() / 1000);

  const storage = await openEmbeddedStorage({ dataDir: settings.dataDir });
  resources.defer(() => storage.close());
  refuseOpenHost(settings.host, (await wayIn(settings, storage.keys)) !== "none needed");
  const conversations = await openConversations(settings.conversations, settings.dataDir);
  resources.defer(() => conversations.close());
  await storage.jobs.releaseAll();
  await seedSamples(storage, {
    dataDir: settings.dataDir,
    tenant: sampleTenant(settings),
    now: now(),
  });

  const usage = createUsageLedger({
    records: storage.usage,
    prices: pricesOf(settings),
    now,
    onError: (error) => logger.error({ err: error }, "usage could not be stored"),
  });
  resources.defer(() => usage.close());
  const metrics = createMetrics();
  const deployments = createDeployments(settings, {
    onUpstream: (deployment, { host, result, circuit }) =>
      metrics.upstreamCalled(deployment, { host, result, isAvailable: circuit !== "open" }),
  });
  resources.defer(() => deployments.close());
  const extractor = createExtractor(settings.limits);
  resources.defer(() => extractor.close());
  const runner = startJobRunner(
    { storage, reader: extractor, embeddings: deployments.embeddings, logger, now },
    { concurrency: settings.limits.ingestConcurrency },
  );
  resources.defer(() => runner.close());
  runner.wake();
  const sweeper = startSweeper({
    storage,
    conversations,
    retentionDays: settings.conversations.retentionDays,
    logger,
    now,
  });
  resources.defer(() => sweeper.close());

  const sources = openSources(settings, { passages: storage.passages, deployments });
  resources.defer(() => sources.close());
  const { idleSeconds, sessions } = settings.codeInterpreter;
  const codeInterpreter = keepSessions(
    createCodeInterpreter({
      settings: settings.codeInterpreter,
      cacheFolder: join(settings.dataDir, "cache"),
      onStatus: (status) => logger.info(status, "code interpreter"),
    }),
    // Half of the places stay for those who have none yet.
    { idleSeconds, most: Math.floor(sessions / 2) },
  );
  resources.defer(() => codeInterpreter.close());
  const answerServices = createAnswerServices(settings, {
    deployments,
    codeInterpreter,
    keepFile: createOutputFiles(storage, now),
    openSource: (source) => sources.open(source),
    sourceSeconds: settings.limits.sourceSeconds,
  });
  resources.defer(() => answerServices.close());
  const doctor = openDoctor(settings, { storage, deployments, sources });
  resources.defer(() => doctor.close());
  const opened = resources.move();
  return {
    http: {
      settings,
      adminKey: newKeyText(),
      storage,
      conversations,
      turnTimes: TURN_TIMES,
      logger,
      deployments,
      limiter: createRateLimiter(),
      metrics,
      usage,
      now,
      ingest: {
        wake: () => runner.wake(),
        waitForPending: (storeIds, signal) =>
          runner.waitForPending(storeIds, { seconds: settings.limits.pendingFilesSeconds, signal }),
      },
      doctor,
      answerer: {
        answer: (question, signal) => answer(question, answerServices, signal),
      },
      finder: {
        find: (question, signal) => find(question, answerServices, signal),
      },
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function pricesOf({ deployments }: Settings): Map<string, Price> {
  return new Map(
    Object.entries(deployments).flatMap(([name, { price }]) =>
      price === null ? [] : [[name, price] as const],
    ),
  );
}

/** True when requests need a key, a token or somebody who has signed in. */
export type WayIn = "none needed" | "key" | "sign-in";

/** How callers get in; `sign-in`: there is no other way. */
export async function wayIn(settings: Settings, keys: Storage["keys"]): Promise<WayIn> {
  if (settings.apiKeys.length > 0 || settings.entra !== null || (await keys.any())) return "key";
  return settings.signIn === null ? "none needed" : "sign-in";
}

/** The samples belong to whoever holds the first key, else to who signs in; without either to everybody. */
function sampleTenant(settings: Settings): string {
  return settings.apiKeys[0]?.tenant ?? settings.signIn?.tenant ?? "default";
}
