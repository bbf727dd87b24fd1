import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { testConversationStore } from "../testing/conversation-store-kit.ts";
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
    await first.close();
    const second = await openSqliteConversations(path);
    expect(await second.get(owner, "conv_1")).toEqual(created);
    await second.close();
  });

  it("that cannot be opened say so", async () => {
    await expect(openSqliteConversations("/nowhere/at/all.sqlite")).rejects.toThrow();
  });
});
