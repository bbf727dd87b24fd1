import type { UsageRowBody } from "../../../../src/protocol/usage.ts";

/** What is compared. */
export type Measure = "tokens" | "cost" | "requests";

/** What one day, deployment or key used. */
export interface Amounts {
  requests: number;
  input: number;
  output: number;
  cost: number;
}

export interface NamedAmounts extends Amounts {
  name: string;
}

const NOTHING: Amounts = { requests: 0, input: 0, output: 0, cost: 0 };

export function amountOf({ requests, input, output, cost }: Amounts, measure: Measure): number {
  return { tokens: input + output, cost, requests }[measure];
}

/** Rows of the server by name; those with and without a price are one. */
export function sumBy(
  rows: readonly UsageRowBody[],
  nameOf: (row: UsageRowBody) => string,
): NamedAmounts[] {
  const sums = new Map<string, NamedAmounts>();
  for (const row of rows) {
    const name = nameOf(row);
    const { requests, input, output, cost } = sums.get(name) ?? NOTHING;
    sums.set(name, {
      name,
      requests: requests + row.requests,
      input: input + row.prompt_tokens,
      output: output + row.completion_tokens,
      cost: cost + row.cost,
    });
  }
  return [...sums.values()];
}

export function totalOf(amounts: readonly Amounts[]): Amounts {
  return amounts.reduce(
    (sum, one) => ({
      requests: sum.requests + one.requests,
      input: sum.input + one.input,
      output: sum.output + one.output,
      cost: sum.cost + one.cost,
    }),
    NOTHING,
  );
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Longer spans are shown by month. */
const MOST_DAYS = 100;

/** `YYYY-MM-DD` in UTC, as the server counts days. */
export function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** @param days How many, today among them. */
export function spanOf(days: number, now: number): { from: string; to: string } {
  return { from: dayOf(now - (days - 1) * DAY_MS), to: dayOf(now) };
}

/** Every day of the span in order, also those without use; months (`YYYY-MM`) where there are many days. */
export function timeline(
  sums: readonly NamedAmounts[],
  { from, to }: { from: string; to: string },
): NamedAmounts[] {
  const days: string[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY_MS) days.push(dayOf(time));
  const isByMonth = days.length > MOST_DAYS;
  const periodOf = (day: string): string => (isByMonth ? day.slice(0, 7) : day);
  return [...new Set(days.map(periodOf))].map((name) => ({
    name,
    ...totalOf(sums.filter((one) => periodOf(one.name) === name)),
  }));
}

/** The end of an axis: the next round number, 1, 2 or 5 and zeros. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((factor) => factor * magnitude >= value) ?? 10;
  return step * magnitude;
}
