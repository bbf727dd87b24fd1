import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { testConversationStore } from "../testing/conversation-store-kit.ts";
import { encryptConversations } from "./encrypted.ts";
import { openMemoryConversations } from "./memory.ts";
import { openSqliteConversations } from "./sqlite/sqlite.ts";

const folders: string[] = [];

async function freshPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "groundwire-conversations-"));
  folders.push(folder);
  return join(folder, "conversations.sqlite");
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describe("in memory", () => testConversationStore(async () => openMemoryConversations()));

describe("encrypted in SQLite", () => {
  const KEY = Buffer.alloc(32, 7);
  const openEncrypted = async (path: string, key = KEY) =>
    encryptConversations(await openSqliteConversations(path), key);

  testConversationStore(async () => openEncrypted(await freshPath()));

  it("leave nothing of what was said in the file, and are nobody's with another key", async () => {
    const path = await freshPath();
    const owner = { tenant: "acme", name: "ann" };
    const store = await openEncrypted(path);
    await store.create({
      id: "conv_1",
      owner,
      title: "Zebra title",
      isPinned: false,
      metadata: { note: "Zebra metadata" },
      leafId: null,
      createdAt: 1_000,
      updatedAt: 1_000,
    });
    const message = {
      id: "msg_1",
      parentId: null,
      message: "Zebra message",
      text: "Zebra text",
      answer: "Zebra answer",
      feedback: null,
      createdAt: 1_000,
    };
    await store.append(owner, "conv_1", { messages: [message], now: 1_000 });
    const words = { thumb: "down" as const, reasons: [], text: "Zebra feedback", createdAt: 2_000 };
    await store.setFeedback(owner, { id: "conv_1", messageId: "msg_1" }, words);
    await store.setShare(owner, "conv_1", {
      secret: "Zebra",
      messageId: "msg_1",
      groups: null,
      createdAt: 1,
    });
    await store.close();
    const files = await readdir(dirname(path));
    const bytes = await Promise.all(files.map((file) => readFile(join(dirname(path), file))));
    expect(Buffer.concat(bytes).toString("latin1").toLowerCase()).not.toContain("zebra");

    const stranger = await openEncrypted(path, Buffer.alloc(32, 8));
    await expect(stranger.get(owner, "conv_1")).rejects.toThrow(/with another encryption key/u);
    await stranger.close();
  });
});

describe("in SQLite", () => {
  testConversationStore(async () => openSqliteConversations(await freshPath()));

  it("are there again after a restart", async () => {
    const path = await freshPath();
    const owner = { tenant: "acme", name: "ann" };
    const first = await openSqliteConversations(path);
    const created = {
      id: "conv_1",
      owner,
      title: "Leave",
      isPinned: false,
      metadata: {},
      leafId: null,
      createdAt: 1_000,
      updatedAt: 1_000,
    };
    await first.create(created);
    const lease = { token: "a", milliseconds: 60_000 };
    await first.beginTurn("conv_1", lease);
    await first.close();
    const second = await openSqliteConversations(path);
    expect(await second.get(owner, "conv_1")).toEqual(created);
    // Whoever began that turn is gone.
    expect(await second.beginTurn("conv_1", { ...lease, token: "b" })).toBe(true);
    await second.close();
  });

  it("that cannot be opened say so", async () => {
    await expect(openSqliteConversations("/nowhere/at/all.sqlite")).rejects.toThrow();
  });
});
