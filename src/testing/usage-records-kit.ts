import { describe, expect, it } from "vitest";

import type { UsageRecord, UsageRecords } from "../storage/usage-records.ts";

function usageRecord(more: Partial<UsageRecord> = {}): UsageRecord {
  return {
    day: "2026-11-27",
    tenant: "tenant-a",
    key: "web",
    deployment: "o1",
    currency: "USD",
    requests: 1,
    promptTokens: 100,
    cachedTokens: 40,
    completionTokens: 10,
    reasoningTokens: 5,
    cost: 0.25,
    ...more,
  };
}

const NOVEMBER = { from: "2026-11-01", to: "2026-11-30" };

/** The part of `testStorage` about usage. `usage` gives that of an empty storage in each test. */
export function testUsageRecords(usage: () => UsageRecords): void {
  describe("usage", () => {
    it("of one day, key and deployment is added up, in one call and in several", async () => {
      await usage().add([usageRecord(), usageRecord({ cost: 0.5 })]);
      await usage().add([usageRecord({ promptTokens: 1 })]);
      const all = await usage().sum({ ...NOVEMBER, by: ["day", "tenant", "key", "deployment"] });
      expect(all).toEqual([
        usageRecord({
          requests: 3,
          promptTokens: 201,
          cachedTokens: 120,
          completionTokens: 30,
          reasoningTokens: 15,
          cost: 1,
        }),
      ]);
    });

    it("is told apart by what is asked for only, and never over currencies", async () => {
      await usage().add([
        usageRecord(),
        usageRecord({ key: "app" }),
        usageRecord({ day: "2026-11-28", deployment: "gpt-5" }),
        usageRecord({ currency: "EUR" }),
      ]);
      const by = async (...names: ("day" | "key")[]): Promise<unknown[]> =>
        (await usage().sum({ ...NOVEMBER, by: names })).map(({ day, key, currency, requests }) => [
          day,
          key,
          currency,
          requests,
        ]);
      expect(await by("day")).toEqual([
        ["2026-11-27", "", "EUR", 1],
        ["2026-11-27", "", "USD", 2],
        ["2026-11-28", "", "USD", 1],
      ]);
      expect(await by("key")).toEqual([
        ["", "app", "USD", 1],
        ["", "web", "EUR", 1],
        ["", "web", "USD", 2],
      ]);
      expect(await by()).toEqual([
        ["", "", "EUR", 1],
        ["", "", "USD", 3],
      ]);
    });

    it("is that of the days, the tenant, the key and the deployment that are asked for", async () => {
      await usage().add([
        usageRecord({ day: "2026-10-31" }),
        usageRecord({ tenant: "tenant-b" }),
        usageRecord({ key: "app" }),
        usageRecord({ deployment: "gpt-5" }),
        usageRecord(),
      ]);
      const count = async (more: object): Promise<number> =>
        (await usage().sum({ ...NOVEMBER, by: [], ...more }))[0]?.requests ?? 0;
      expect(await count({})).toBe(4);
      expect(await count({ tenant: "tenant-a" })).toBe(3);
      expect(await count({ tenant: "tenant-a", key: "web" })).toBe(2);
      expect(await count({ tenant: "tenant-a", key: "web", deployment: "o1" })).toBe(1);
      expect(await count({ from: "2026-10-31", to: "2026-10-31" })).toBe(1);
      expect(await count({ tenant: "tenant-c" })).toBe(0);
    });
  });
}
