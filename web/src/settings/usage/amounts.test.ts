import { describe, expect, it } from "vitest";

import type { UsageRowBody } from "../../../../src/protocol/usage.ts";
import { roundUp, spanOf, sumBy, timeline, totalOf } from "./amounts.ts";

function row(day: string, more: Partial<UsageRowBody> = {}): UsageRowBody {
  return {
    object: "groundwire.usage",
    day,
    currency: null,
    requests: 1,
    prompt_tokens: 10,
    cached_tokens: 0,
    completion_tokens: 5,
    reasoning_tokens: 0,
    total_tokens: 15,
    cost: 0,
    ...more,
  };
}
const byDay = (rows: UsageRowBody[]) => sumBy(rows, ({ day = "" }) => day);

it("rows with and without a price are one", () => {
  const rows = [row("2026-11-01", { cost: 2, currency: "USD" }), row("2026-11-01")];
  expect(byDay(rows)).toEqual([
    { name: "2026-11-01", requests: 2, input: 20, output: 10, cost: 2 },
  ]);
  expect(totalOf(byDay(rows))).toEqual({ requests: 2, input: 20, output: 10, cost: 2 });
});

describe("a timeline", () => {
  it("has every day of the span, also those without use", () => {
    const days = timeline(byDay([row("2026-10-31")]), { from: "2026-10-30", to: "2026-11-01" });
    expect(days.map(({ name, requests }) => [name, requests])).toEqual([
      ["2026-10-30", 0],
      ["2026-10-31", 1],
      ["2026-11-01", 0],
    ]);
  });

  it("of a year is told by month", () => {
    const rows = [row("2026-02-01"), row("2026-02-28"), row("2026-03-01")];
    const months = timeline(byDay(rows), { from: "2026-01-15", to: "2026-12-31" });
    expect(months).toHaveLength(12);
    expect(months[1]).toMatchObject({ name: "2026-02", requests: 2, input: 20 });
  });
});

it("a span of days ends today, in UTC", () => {
  const now = Date.parse("2026-03-01T00:30:00Z");
  expect(spanOf(1, now)).toEqual({ from: "2026-03-01", to: "2026-03-01" });
  expect(spanOf(7, now)).toEqual({ from: "2026-02-23", to: "2026-03-01" });
});

it.each([
  [0, 1],
  [1, 1],
  [3, 5],
  [1_001, 2_000],
  [0.03, 0.05],
  [70, 100],
])("an axis up to %d ends at %d", (value, end) => {
  expect(roundUp(value)).toBeCloseTo(end, 10);
});
