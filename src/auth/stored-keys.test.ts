import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KeyRecords } from "../storage/key-records.ts";
import { openEmbeddedStorage } from "../storage/embedded/embedded.ts";
import type { Storage } from "../storage/storage.ts";
import { newKey } from "../testing/keys.ts";
import { createStoredKeys, type StoredKeys } from "./stored-keys.ts";

let dataDir: string;
let storage: Storage;
/** How often the storage was asked for a key. */
let lookups: number;
/** The storage's answers are held back until this resolves. */
let answered: Promise<void>;
let keys: StoredKeys;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "groundwire-stored-keys-"));
  storage = await openEmbeddedStorage({ dataDir });
  lookups = 0;
  answered = Promise.resolve();
  const stored = storage.keys;
  const records: KeyRecords = {
    create: (key) => stored.create(key),
    list: (query) => stored.list(query),
    revoke: (id, now) => stored.revoke(id, now),
    touch: (id, now) => stored.touch(id, now),
    async any() {
      const answer = await stored.any();
      await answered;
      return answer;
    },
    async findByDigest(digest) {
      lookups++;
      const record = await stored.findByDigest(digest);
      await answered;
      return record;
    },
  };
  const onError = (error: unknown): never => {
    throw error;
  };
  keys = createStoredKeys({ records, now: () => 1_000, onError });
});
afterEach(async () => {
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

test("a key is looked up once", async () => {
  const { key } = await keys.create(newKey({ tenant: "acme", name: "web" }));
  for (let request = 0; request < 3; request++) {
    expect(await keys.find(key)).toMatchObject({ keyName: "web" });
  }
  expect(lookups).toBe(1);
});

test("what cannot be one of our keys, as a token, is not looked up", async () => {
  expect(await keys.find("aaa.bbb.ccc")).toBeNull();
  expect(lookups).toBe(0);
});

test("an answer that was on its way at a revocation is not remembered", async () => {
  const { key, record } = await keys.create(newKey({ tenant: "acme", name: "web" }));
  const gate = Promise.withResolvers<void>();
  answered = gate.promise;
  const underWay = [keys.find(key), keys.any()];
  await keys.revoke(record.id);
  gate.resolve();
  await Promise.all(underWay);
  expect([await keys.find(key), await keys.any()]).toEqual([null, false]);
});
