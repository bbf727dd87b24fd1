import { expect, it } from "vitest";

import { timeSince } from "./time-since.ts";

it.each([
  [59, 0, "minute"],
  [60, 1, "minute"],
  [3_599, 59, "minute"],
  [7_200, 2, "hour"],
  [86_400, 1, "day"],
  [40 * 86_400, 1, "month"],
  [800 * 86_400, 2, "year"],
  [-5, 0, "minute"],
])("%i seconds are %i %s", (passed, count, unit) => {
  expect(timeSince(1_000_000_000 - passed, 1_000_000_000)).toEqual({ count, unit });
});
