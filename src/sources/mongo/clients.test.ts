import type { MongoClient } from "mongodb";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { createMongoClients, type LendOptions } from "./clients.ts";
import type { MongoServer } from "./open-client.ts";

const SERVER: MongoServer = {
  host: "db.example.com",
  port: 27_017,
  tls: true,
  credentials: null,
  mechanism: null,
  authSource: null,
  appName: null,
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const close = vi.fn(async () => {});
  // As far as clients are looked at here.
  const open = vi.fn(async () => ({ close }) as unknown as MongoClient);
  const clients = createMongoClients({ idleMs: 1_000, most: 10 });
  const lend = (options: Partial<LendOptions<unknown>> = {}): Promise<unknown> =>
    clients.lend(SERVER, {
      open,
      work: async () => "done",
      isBroken: () => true,
      signal: new AbortController().signal,
      ...options,
    });
  return { clients, lend, open, close };
}

it("a client that is used is not closed, however long ago it was idle", async () => {
  const { lend, open, close } = setUp();
  await lend();
  const work = Promise.withResolvers();
  const long = lend({ work: () => work.promise });
  await vi.advanceTimersByTimeAsync(5_000);
  work.resolve("done");
  await long;
  await lend();
  expect(close).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(close).toHaveBeenCalledOnce();
  expect(open).toHaveBeenCalledOnce();
});

it("a client whose work failed by it is closed once nobody uses it, and lent to nobody else", async () => {
  const { lend, open, close } = setUp();
  const work = Promise.withResolvers();
  const other = lend({ work: () => work.promise });
  const failing = lend({ work: () => Promise.reject(new Error("reset")) });
  await expect(failing).rejects.toThrow("reset");
  expect(close).not.toHaveBeenCalled();
  await lend();
  expect(open).toHaveBeenCalledTimes(2);
  work.resolve("done");
  await other;
  await vi.advanceTimersByTimeAsync(0);
  expect(close).toHaveBeenCalledOnce();
});

it("a client that did its part of failing work is kept", async () => {
  const { lend, open } = setUp();
  const failing = lend({ work: () => Promise.reject(new Error("no")), isBroken: () => false });
  await expect(failing).rejects.toThrow("no");
  await lend();
  expect(open).toHaveBeenCalledOnce();
});

it("closing closes what is open, and what is being opened", async () => {
  const { clients, lend, close } = setUp();
  await lend();
  await clients.close();
  expect(close).toHaveBeenCalledOnce();
});
