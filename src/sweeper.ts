import type { Logger } from "pino";

import type { Storage } from "./storage/storage.ts";

const INTERVAL_MS = 60_000;

/** Deletes files and responses whose time has passed, once a minute. */
export function startSweeper({
  storage,
  logger,
  now,
}: {
  storage: Storage;
  logger: Logger;
  now: () => number;
}): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = sweep(storage, now()).catch((error: unknown) =>
      logger.error({ err: error }, "deleting what has expired failed"),
    );
  }, INTERVAL_MS);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

async function sweep(storage: Storage, now: number): Promise<void> {
  for (const { tenant, id } of await storage.files.expired(now)) {
    const deleted = await storage.files.delete(tenant, id);
    for (const storeId of deleted?.vectorStoreIds ?? [])
      await storage.passages.deleteFile(storeId, id);
    await storage.blobs.delete(id);
  }
  await storage.responses.deleteExpired(now);
}
