import { setTimeout as delay } from "node:timers/promises";

import { ingestFile, type IngestDependencies, LEASE_SECONDS } from "./ingest.ts";

/** Jobs are announced by `wake()`; this poll only finds what another process left behind. */
const POLL_MS = 2_000;

export interface JobRunner {
  /** There may be something to do. */
  wake(): void;
  /** Resolves when no file of these stores is being ingested any more, or after `seconds`. */
  waitForPending(
    storeIds: string[],
    options: { seconds: number; signal: AbortSignal },
  ): Promise<void>;
  /** Stops taking jobs, gives running ones back and resolves when none is left. */
  close(): Promise<void>;
}

/** Works through the job queue, `concurrency` documents at a time, until closed. */
export function startJobRunner(
  dependencies: IngestDependencies,
  { concurrency }: { concurrency: number },
): JobRunner {
  const stopping = new AbortController();
  const bell = createBell();
  const settled = createBell();
  const lanes = Array.from({ length: concurrency }, () => runLane());

  async function runLane(): Promise<void> {
    while (!stopping.signal.aborted) {
      const rung = bell.next();
      const worked = await runNext().catch((error: unknown) => {
        dependencies.logger.error({ err: error }, "the job queue failed");
        return false;
      });
      if (!worked) await Promise.race([rung, pause(POLL_MS, stopping.signal)]);
    }
  }

  async function runNext(): Promise<boolean> {
    const job = await dependencies.storage.jobs.claim({
      now: dependencies.now(),
      leaseSeconds: LEASE_SECONDS,
    });
    if (!job) return false;
    try {
      await ingestFile(job, dependencies, stopping.signal);
    } finally {
      settled.ring();
    }
    return true;
  }

  return {
    wake: () => bell.ring(),
    async waitForPending(storeIds, { seconds, signal }) {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
      while (!deadline.aborted) {
        const rung = settled.next();
        if ((await dependencies.storage.vectorStores.pendingFiles(storeIds)) === 0) break;
        await Promise.race([rung, pause(POLL_MS, deadline)]);
      }
      signal.throwIfAborted();
    },
    async close() {
      stopping.abort(new Error("the server is stopping"));
      bell.ring();
      await Promise.all(lanes);
    },
  };
}

/** Wakes everyone who waits. Ask for `next()` before looking for work, so that no ring is missed in between. */
function createBell(): { ring: () => void; next: () => Promise<void> } {
  let waiting = Promise.withResolvers<void>();
  return {
    ring: () => {
      waiting.resolve();
      waiting = Promise.withResolvers<void>();
    },
    next: () => waiting.promise,
  };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}
