import { expect, test } from "vitest";

import { createRateLimiter, type Limited } from "./rate-limiter.ts";

function limiter() {
  let now = 0;
  const { admit } = createRateLimiter(() => now);
  return { admit, pass: (seconds: number) => void (now += seconds * 1000) };
}

const of = (name: string, requests: number | null, tokens: number | null = null): Limited => ({
  name,
  limits: { requestsPerMinute: requests, tokensPerMinute: tokens },
});

test("as many requests as allowed go through at once, the next when its share of the minute is over", () => {
  const { admit, pass } = limiter();
  const key = [of("a", 3)];
  expect([1, 2, 3].map(() => admit(key, 0).isAdmitted)).toEqual([true, true, true]);
  expect(admit(key, 0)).toEqual({ isAdmitted: false, what: "requests", retryAfterSeconds: 20 });
  pass(20);
  expect(admit(key, 0)).toMatchObject({
    isAdmitted: true,
    remaining: { requests: 0, tokens: null },
  });
});

test("the tightest of several limits counts, and a refused request takes nothing from the others", () => {
  const { admit } = limiter();
  const [key, deployment] = [of("key", 10), of("deployment", 1)];
  admit([key, deployment], 0);
  expect(admit([key, deployment], 0).isAdmitted).toBe(false);
  expect(admit([key], 0)).toMatchObject({ remaining: { requests: 8 } });
});

test("tokens are taken as expected and settled as they were", () => {
  const { admit } = limiter();
  const key = [of("a", null, 100)];
  const first = admit(key, 60);
  expect(first).toMatchObject({ isAdmitted: true, remaining: { requests: null, tokens: 40 } });
  expect(admit(key, 60)).toMatchObject({ isAdmitted: false, what: "tokens" });
  if (first.isAdmitted) first.settle(10);
  expect(admit(key, 60)).toMatchObject({ isAdmitted: true, remaining: { tokens: 30 } });
});

test("more than expected is paid by those who come later", () => {
  const { admit, pass } = limiter();
  const key = [of("a", null, 60)];
  const first = admit(key, 10);
  if (first.isAdmitted) first.settle(90);
  expect(admit(key, 1)).toMatchObject({ retryAfterSeconds: 31 });
  pass(31);
  expect(admit(key, 1).isAdmitted).toBe(true);
});

test("what is larger than a minute's allowance goes through when that is full", () => {
  const { admit } = limiter();
  const key = [of("a", null, 100)];
  expect(admit(key, 5000).isAdmitted).toBe(true);
  expect(admit(key, 1).isAdmitted).toBe(false);
});

test("without limits nothing is refused or counted", () => {
  expect(limiter().admit([of("a", null)], 1e9)).toMatchObject({
    remaining: { requests: null, tokens: null },
  });
});
