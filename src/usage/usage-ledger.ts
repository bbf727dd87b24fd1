import type { Budget, Price } from "../config/settings.ts";
import type {
  UsageAmounts,
  UsageQuery,
  UsageRecord,
  UsageRecords,
} from "../storage/usage-records.ts";
import { createBoundedNames } from "../util/bounded-names.ts";
import { type BudgetState, dayOf, periodOf, totalOf } from "./budget.ts";
import { costOf } from "./cost.ts";

/** What every answer took, by day, key and deployment; the money and the tokens that budgets are held against. */
export interface UsageLedger {
  /** Of the prices; empty: there are none. */
  readonly currency: string;
  /** Takes down one answer. It is stored within seconds, together with others. */
  note(holder: UsageHolder, deployment: string, tokens: Tokens): void;
  /** What so many tokens of a deployment cost now, in the currency of the prices; null: it has no price. */
  costOf(
    deployment: string,
    tokens: Pick<Tokens, "promptTokens" | "cachedTokens" | "completionTokens">,
  ): number | null;
  /** What a key has used of its budget. */
  budget(holder: UsageHolder, budget: Budget): Promise<BudgetState>;
  sum(query: UsageQuery): Promise<UsageRecord[]>;
  /** Stores what is not stored yet. */
  close(): Promise<void>;
}

export interface UsageHolder {
  tenant: string;
  /** Empty on a server without keys. */
  key: string;
}

export type Tokens = Omit<UsageAmounts, "requests" | "cost">;

export interface UsageLedgerOptions {
  records: UsageRecords;
  /** By deployment; one currency for all. */
  prices: ReadonlyMap<string, Price>;
  /** Unix seconds. */
  now: () => number;
  /** Told when usage cannot be stored; it is tried again. */
  onError: (error: unknown) => void;
}

const STORED_AFTER_MS = 1_000;
const MOST_DEPLOYMENTS = 200;

export function createUsageLedger({
  records,
  prices,
  now,
  onError,
}: UsageLedgerOptions): UsageLedger {
  const [{ currency } = { currency: "" }] = prices.values();
  const nameOf = createBoundedNames(MOST_DEPLOYMENTS);
  let waiting = new Map<string, UsageRecord>();
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  function take(record: UsageRecord): void {
    const { day, tenant, key, deployment } = record;
    const id = JSON.stringify([day, tenant, key, deployment, record.currency]);
    const before = waiting.get(id);
    waiting.set(id, before === undefined ? record : plus(before, record));
    timer ??= setTimeout(() => void store(), STORED_AFTER_MS).unref();
  }

  /** Writes follow one another, so that whoever waits for the last has all that was noted before. */
  function store(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing = writing.then(async () => {
      if (waiting.size === 0) return;
      const taken = [...waiting.values()];
      waiting = new Map();
      try {
        await records.add(taken);
      } catch (error) {
        onError(error);
        for (const record of taken) take(record);
      }
    });
    return writing;
  }

  async function sum(query: UsageQuery): Promise<UsageRecord[]> {
    await store();
    return records.sum(query);
  }

  function price(deployment: string, tokens: Parameters<UsageLedger["costOf"]>[1]): number | null {
    const found = prices.get(deployment);
    return found === undefined ? null : costOf(found, tokens);
  }

  return {
    currency,
    note(holder, deployment, tokens) {
      take({
        day: dayOf(now()),
        ...holder,
        deployment: nameOf(deployment),
        currency: prices.get(deployment)?.currency ?? "",
        requests: 1,
        ...tokens,
        cost: price(deployment, tokens) ?? 0,
      });
    },
    costOf: price,
    async budget(holder, budget) {
      const period = periodOf(budget, now());
      const used = await sum({ ...holder, from: period.since, to: dayOf(now()), by: [] });
      return { ...period, ...totalOf(used, currency) };
    },
    sum,
    async close() {
      await store();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function plus(one: UsageRecord, other: UsageRecord): UsageRecord {
  return {
    ...one,
    requests: one.requests + other.requests,
    promptTokens: one.promptTokens + other.promptTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    cost: one.cost + other.cost,
  };
}
