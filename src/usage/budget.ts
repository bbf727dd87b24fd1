import type { Budget } from "../config/settings.ts";
import type { UsageRecord } from "../storage/usage-records.ts";

export interface BudgetState {
  /** First day of the running period, `YYYY-MM-DD`. */
  since: string;
  /** When the next one begins, Unix seconds. */
  renewsAt: number;
  /** In `currency`. */
  cost: number;
  tokens: number;
}

/** The running day or month in UTC. @param now Unix seconds. */
export function periodOf({ per }: Budget, now: number): { since: string; renewsAt: number } {
  const date = new Date(now * 1000);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const [start, end] =
    per === "day"
      ? [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)]
      : [Date.UTC(year, month), Date.UTC(year, month + 1)];
  return { since: dayOf(start / 1000), renewsAt: end / 1000 };
}

/** UTC, `YYYY-MM-DD`. @param time Unix seconds. */
export function dayOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 10);
}

/** What is used up, in words; null: something is left. */
export function exhausted(
  budget: Budget,
  used: Pick<BudgetState, "cost" | "tokens">,
  currency: string,
): string | null {
  if (budget.amount !== null && used.cost >= budget.amount)
    return `${budget.amount} ${currency}`.trimEnd();
  if (budget.tokens !== null && used.tokens >= budget.tokens) return `${budget.tokens} tokens`;
  return null;
}

/** Costs in another currency are from before the prices changed; they do not count. */
export function totalOf(
  records: readonly UsageRecord[],
  currency: string,
): Pick<BudgetState, "cost" | "tokens"> {
  return {
    cost: records.reduce(
      (sum, record) => sum + (record.currency === currency ? record.cost : 0),
      0,
    ),
    tokens: records.reduce((sum, record) => sum + record.promptTokens + record.completionTokens, 0),
  };
}
