import type { Logger } from "pino";

import type { ConversationStore } from "./conversations/conversation-store.ts";
import type { Storage } from "./storage/storage.ts";

const INTERVAL_MS = 60_000;

const DAY_SECONDS = 24 * 60 * 60;

export interface SweeperOptions {
  storage: Storage;
  conversations: ConversationStore;
  /** Of conversations after their last turn; null: for ever. */
  retentionDays: number | null;
  logger: Logger;
  /** Unix seconds. */
  now: () => number;
}

/** Deletes files, responses, sessions and conversations whose time has passed, at once and then once a minute. */
export function startSweeper({ logger, ...swept }: SweeperOptions): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const start = (): void => {
    running = sweep(swept).catch((error: unknown) =>
      logger.error({ err: error }, "deleting what has expired failed"),
    );
  };
  start();
  const timer = setInterval(start, INTERVAL_MS);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

async function sweep({
  storage,
  conversations,
  retentionDays,
  now: clock,
}: Omit<SweeperOptions, "logger">): Promise<void> {
  const now = clock();
  if (retentionDays !== null)
    await conversations.deleteUnchangedSince(Math.floor(now - retentionDays * DAY_SECONDS));
  for (const { tenant, id } of await storage.files.expired(now)) {
    const deleted = await storage.files.delete(tenant, id);
    for (const storeId of deleted?.vectorStoreIds ?? [])
      await storage.passages.deleteFile(storeId, id);
    await storage.blobs.delete(id);
  }
  await storage.responses.deleteExpired(now);
  await storage.sessions.deleteExpired(now);
}
