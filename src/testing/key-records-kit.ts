import { describe, expect, it } from "vitest";

import type { KeyRecord, KeyRecords } from "../storage/key-records.ts";

const A = "tenant-a";
const B = "tenant-b";

function keyRecord(id: string, more: Partial<KeyRecord> = {}): KeyRecord & { digest: string } {
  return {
    id,
    digest: `digest of ${id}`,
    tenant: A,
    name: id,
    scopes: ["chat", "files"],
    mode: null,
    requestsPerMinute: null,
    tokensPerMinute: null,
    budget: null,
    createdAt: 1_000,
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
    ...more,
  };
}

/** The part of `testStorage` about API keys. `keys` gives those of an empty storage in each test. */
export function testKeyRecords(keys: () => KeyRecords): void {
  describe("keys", () => {
    it("are given back by their digest, as they were and without it", async () => {
      const { digest, ...key } = keyRecord("key_1", {
        scopes: ["admin"],
        mode: "strict",
        requestsPerMinute: 60,
        tokensPerMinute: 1_000,
        budget: { amount: 2.5, tokens: null, per: "month" },
        expiresAt: 9_000,
      });
      await keys().create({ digest, ...key });
      expect(await keys().findByDigest(digest)).toEqual(key);
      expect(await keys().findByDigest("another")).toBeNull();
    });

    it("are revoked once, are found no more, and stay in the list", async () => {
      expect(await keys().any()).toBe(false);
      await keys().create(keyRecord("key_1"));
      expect(await keys().any()).toBe(true);
      expect(await keys().revoke("key_1", 2_000)).toBe(true);
      expect(await keys().revoke("key_1", 3_000)).toBe(false);
      expect(await keys().revoke("key_2", 3_000)).toBe(false);
      expect(await keys().findByDigest("digest of key_1")).toBeNull();
      expect(await keys().any()).toBe(false);
      const { data } = await keys().list({ limit: 10, order: "asc" });
      expect(data.map(({ id, revokedAt }) => [id, revokedAt])).toEqual([["key_1", 2_000]]);
    });

    it("have a name of their own among the living keys of their tenant", async () => {
      await keys().create(keyRecord("key_1", { name: "web", expiresAt: 2_000 }));
      const again = keyRecord("key_2", { name: "web", createdAt: 1_999 });
      await expect(keys().create(again)).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("key_1"),
      });
      await keys().create({ ...again, id: "key_b", digest: "b", tenant: B });
      await keys().create({ ...again, createdAt: 2_000 });
      await keys().revoke("key_2", 3_000);
      await keys().create(keyRecord("key_3", { name: "web", createdAt: 3_000 }));
    });

    it("keep a server closed although they have expired", async () => {
      await keys().create(keyRecord("key_1", { expiresAt: 1_001 }));
      expect(await keys().any()).toBe(true);
    });

    it("remember when they were used, and are listed page by page over all tenants", async () => {
      await keys().create(keyRecord("key_1"));
      await keys().create(keyRecord("key_2", { tenant: B }));
      await keys().touch("key_1", 5_000);
      const first = await keys().list({ limit: 1, order: "asc" });
      expect([first.data[0]?.lastUsedAt, first.hasMore]).toEqual([5_000, true]);
      const second = await keys().list({ limit: 1, order: "asc", after: "key_1" });
      expect(second).toMatchObject({ data: [{ id: "key_2", tenant: B }], hasMore: false });
    });
  });
}
