import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import pg from "pg";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ConversationStore } from "../../src/conversations/conversation-store.ts";
import { openConversations } from "../../src/conversations/open.ts";
import { testConversationStore } from "../../src/testing/conversation-store-kit.ts";
import { startTestApp } from "../../src/testing/http-services.ts";
import { type DatabaseServer, startPostgres, startRedis } from "../support/databases.ts";

const TURN_HOLDER = fileURLToPath(new URL("../support/turn-holder.ts", import.meta.url));
const OWNER = { tenant: "acme", name: "ann" };
const conversation = (id: string) => ({
  id,
  owner: OWNER,
  title: "Leave",
  isPinned: false,
  metadata: {},
  leafId: null,
  createdAt: 1_000,
  updatedAt: 1_000,
});

const open = (url: string, encryptionKey: Buffer | null = null): Promise<ConversationStore> =>
  openConversations({ url, encryptionKey }, "/nowhere");

describe.each([
  ["PostgreSQL", startPostgres, emptyPostgres],
  ["Redis", startRedis, emptyRedis],
] as const)("conversations in %s", (_name, start, empty) => {
  let database: DatabaseServer;
  beforeAll(async () => {
    database = await start();
  }, 60_000);
  afterAll(() => database[Symbol.asyncDispose]());

  testConversationStore(async () => {
    await empty(database.url);
    return open(database.url);
  });

  describe("encrypted", () => {
    testConversationStore(async () => {
      await empty(database.url);
      return open(database.url, Buffer.alloc(32, 7));
    });
  });

  it("are the same for every process", async () => {
    await empty(database.url);
    const stores = await Promise.all([open(database.url), open(database.url)]);
    const [one, other] = stores;
    await one.create(conversation("conv_1"));
    expect(await other.get(OWNER, "conv_1")).toEqual(conversation("conv_1"));
    const turns = stores.map((store, index) =>
      store.beginTurn("conv_1", { token: `t${index}`, milliseconds: 60_000 }),
    );
    expect((await Promise.all(turns)).filter(Boolean)).toHaveLength(1);
    for (const store of stores) await store.close();
  });

  it("of a thousand messages are read, searched and forked whole, and the last turn is kept as fast as the first", async () => {
    await empty(database.url);
    const store = await open(database.url);
    await using app = await startTestApp({}, { conversations: store });
    const { id } = (await app.post("/groundwire/conversations", {})).json;
    const owner = { tenant: "default", name: "" };
    const times: number[] = [];
    for (let turn = 0; turn < 500; turn++) {
      const started = performance.now();
      const messages = ["user", "assistant"].map((role, place) => {
        const number = 2 * turn + place;
        const text = `${role} of turn ${turn}x, with some more words to keep`;
        return {
          id: `msg_${number}`,
          parentId: number === 0 ? null : `msg_${number - 1}`,
          message: JSON.stringify({ role, content: text }),
          text,
          answer: null,
          feedback: null,
          createdAt: 1_000,
        };
      });
      expect(await store.append(owner, id, { messages, now: 1_000 + turn })).toBe(true);
      times.push(performance.now() - started);
    }
    const median = (part: number[]): number => part.toSorted((a, b) => a - b)[50] ?? 0;
    // Were each turn to read or write the ones before it, the last would take some ten times as long.
    expect(median(times.slice(-100))).toBeLessThan(3 * median(times.slice(0, 100)) + 1);

    const contentsOf = async (conversationId: string): Promise<string[]> =>
      (await app.call(`/groundwire/conversations/${conversationId}`)).json.messages.map(
        ({ message }: { message: { content: string } }) => message.content,
      );
    const all = await contentsOf(id);
    expect(all).toHaveLength(1_000);
    expect(all.at(-1)).toContain("assistant of turn 499x");
    const found = await app.call("/groundwire/conversations?search=turn%20499x");
    expect(found.json.data).toMatchObject([{ id, snippet: expect.stringContaining("turn 499x") }]);
    const body = { message_id: "msg_799" };
    const fork = await app.post(`/groundwire/conversations/${id}/fork`, body);
    expect(await contentsOf(fork.json.id)).toEqual(all.slice(0, 800));
    const again = await app.call("/groundwire/conversations?search=turn%20399x");
    expect(again.json.data).toHaveLength(2);
    await store.close();
  });

  it("go on soon after the server that was answering has been killed, and not before", async () => {
    await empty(database.url);
    const store = await open(database.url);
    await store.create(conversation("conv_1"));
    const times = { hold: 500, renew: 50 };
    const holder = spawn(
      process.execPath,
      [TURN_HOLDER, database.url, "conv_1", String(times.hold), String(times.renew)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let renewals = 0;
    holder.stdout.on("data", () => renewals++);
    await expect
      .poll(() => renewals, { timeout: 20_000 })
      .toBeGreaterThan((2 * times.hold) / times.renew);
    const begin = () => store.beginTurn("conv_1", { token: "after", milliseconds: 60_000 });
    expect(await begin()).toBe(false);
    const ended = once(holder, "exit");
    holder.kill("SIGKILL");
    await ended;
    await expect.poll(begin, { timeout: 20 * times.hold }).toBe(true);
    await store.close();
  });

  it("say that the database is away, and go on when it is back", async () => {
    await empty(database.url);
    const store = await open(database.url);
    await store.create(conversation("conv_1"));
    await database.stop();
    await expect(store.get(OWNER, "conv_1")).rejects.toMatchObject({
      code: "conversations_unavailable",
      status: 503,
    });
    await database.start();
    await expect
      .poll(() => store.get(OWNER, "conv_1").catch(() => "away"), { timeout: 15_000 })
      .toEqual(conversation("conv_1"));
    await store.close();
  });

  it("that cannot be opened say so, without the password", async () => {
    const url = new URL(database.url);
    url.port = "1";
    url.password = "sesame";
    const failure = await open(String(url)).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/conversations.*127\.0\.0\.1:1/su);
    expect(String(failure)).not.toContain("sesame");
  });
});

async function emptyPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await client.end();
}

async function emptyRedis(url: string): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  await client.flushDb();
  await client.close();
}
