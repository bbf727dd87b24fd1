import { expect, test } from "vitest";

import type { UsageRecord, UsageRecords } from "../storage/usage-records.ts";
import { exhausted, periodOf } from "./budget.ts";
import { costOf } from "./cost.ts";
import { createUsageLedger } from "./usage-ledger.ts";

const NOON = Date.UTC(2026, 10, 27, 12) / 1000;
const HOLDER = { tenant: "a", key: "web" };
const TOKENS = { promptTokens: 10, cachedTokens: 0, completionTokens: 5, reasoningTokens: 0 };

/** Keeps what is added; fails as often as it is told to. */
function recordsThatFail(times: number): { records: UsageRecords; added: UsageRecord[] } {
  const added: UsageRecord[] = [];
  let left = times;
  const records: UsageRecords = {
    async add(more) {
      if (left-- > 0) throw new Error("the disk is full");
      added.push(...more);
    },
    sum: async () => [],
  };
  return { records, added };
}

test("cached tokens have a price of their own, and reasoning is part of the answer", () => {
  const price = { input: 15, cachedInput: 7.5, output: 60, currency: "USD" };
  const tokens = { promptTokens: 1_000_000, cachedTokens: 400_000, completionTokens: 100_000 };
  expect(costOf(price, tokens)).toBeCloseTo(9 + 3 + 6, 10);
});

test("budgets begin anew with the day or the month in UTC", () => {
  const budget = { amount: 1, tokens: null };
  const lastMoment = Date.UTC(2026, 11, 31, 23, 59, 59) / 1000;
  expect(periodOf({ ...budget, per: "day" }, NOON)).toEqual({
    since: "2026-11-27",
    renewsAt: Date.UTC(2026, 10, 28) / 1000,
  });
  expect(periodOf({ ...budget, per: "month" }, lastMoment)).toEqual({
    since: "2026-12-01",
    renewsAt: Date.UTC(2027, 0, 1) / 1000,
  });
});

test.each([
  [{ amount: 2, tokens: null }, { cost: 1.99, tokens: 1e9 }, null],
  [{ amount: 2, tokens: null }, { cost: 2, tokens: 0 }, "2 USD"],
  [{ amount: 0, tokens: null }, { cost: 0, tokens: 0 }, "0 USD"],
  [{ amount: 2, tokens: 100 }, { cost: 0, tokens: 100 }, "100 tokens"],
])("of the budget %j, %j used up: %s", (budget, used, expected) => {
  expect(exhausted({ ...budget, per: "month" }, used, "USD")).toBe(expected);
});

test("what cannot be stored is kept and stored with what follows", async () => {
  const { records, added } = recordsThatFail(1);
  const errors: unknown[] = [];
  const ledger = createUsageLedger({
    records,
    prices: new Map(),
    now: () => NOON,
    onError: (error) => errors.push(error),
  });
  ledger.note(HOLDER, "o1", TOKENS);
  await ledger.sum({ from: "2026-11-27", to: "2026-11-27", by: [] });
  expect([errors.length, added]).toEqual([1, []]);
  ledger.note(HOLDER, "o1", TOKENS);
  await ledger.close();
  expect(added).toMatchObject([{ ...HOLDER, day: "2026-11-27", requests: 2, promptTokens: 20 }]);
});

test("names that callers make up get no row each without end", async () => {
  const { records, added } = recordsThatFail(0);
  const ledger = createUsageLedger({
    records,
    prices: new Map(),
    now: () => NOON,
    onError: () => undefined,
  });
  for (let index = 0; index < 1_000; index++) ledger.note(HOLDER, `made-up-${index}`, TOKENS);
  await ledger.close();
  expect(added).toHaveLength(201);
  expect(added.find(({ deployment }) => deployment === "(others)")?.requests).toBe(800);
});
