import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { ConversationStore } from "./conversations/conversation-store.ts";
import { openMemoryConversations } from "./conversations/memory.ts";
import { openEmbeddedStorage } from "./storage/embedded/embedded.ts";
import type { Storage } from "./storage/storage.ts";
import { startSweeper } from "./sweeper.ts";

const DAY = 24 * 60 * 60;
const NOW = 100 * DAY;
const OWNER = { tenant: "acme", name: "ann" };

let folder: string;
let storage: Storage;
let conversations: ConversationStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-sweeper-"));
  storage = await openEmbeddedStorage({ dataDir: folder });
  conversations = openMemoryConversations();
  for (const age of [1, 29, 31]) {
    await conversations.create({
      id: `conv_${age}`,
      owner: OWNER,
      title: null,
      isPinned: false,
      metadata: {},
      leafId: null,
      createdAt: 0,
      updatedAt: NOW - age * DAY,
    });
  }
});
afterEach(async () => {
  await storage.close();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  [30, ["conv_1", "conv_29"]],
  [null, ["conv_1", "conv_29", "conv_31"]],
])("conversations are kept for %s days after their last turn", async (retentionDays, kept) => {
  const logger = pino({ level: "silent" });
  const sweeper = startSweeper({ storage, conversations, retentionDays, logger, now: () => NOW });
  await sweeper.close();
  const { data } = await conversations.list(OWNER, { limit: 10 });
  expect(data.map(({ id }) => id)).toEqual(kept);
});
