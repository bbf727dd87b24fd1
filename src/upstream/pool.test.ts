import { expect, test } from "vitest";

import { GroundwireError } from "../protocol/errors.ts";
import { testTarget } from "../testing/target.ts";
import { createCircuit } from "./circuit.ts";
import { createPool, type PoolEvent, type Upstream } from "./pool.ts";

const DOWN = new GroundwireError("upstream_unavailable", "down");
const { signal } = new AbortController();

function upstream(name: string, choosing: { priority?: number; weight?: number } = {}): Upstream {
  return {
    target: testTarget(`http://${name}`),
    circuit: createCircuit(),
    priority: choosing.priority ?? 1,
    weight: choosing.weight ?? 1,
  };
}

const nameOf = ({ target }: Upstream): string => target.url("embeddings").hostname;

/** Attempts that do what is told for each host, and remember who was asked. */
function scripted(answers: Record<string, (() => string)[]>) {
  const asked: string[] = [];
  const attempt = async (upstream: Upstream): Promise<string> => {
    const name = nameOf(upstream);
    asked.push(name);
    return answers[name]?.shift()?.() ?? name;
  };
  return { asked, attempt };
}

const fail = (error: unknown) => (): string => {
  throw error;
};

test("the first priority is asked first, whatever the weights", async () => {
  const pool = createPool([upstream("b", { priority: 2, weight: 100 }), upstream("a")], {
    retries: 2,
  });
  expect(await pool.run(scripted({}).attempt, signal)).toBe("a");
});

test("requests are shared by weight", async () => {
  let point = 0;
  const pool = createPool([upstream("a", { weight: 3 }), upstream("b")], {
    retries: 0,
    random: () => point,
  });
  const counts = { a: 0, b: 0 };
  for (; point < 1; point += 0.125) {
    counts[(await pool.run(scripted({}).attempt, signal)) as "a" | "b"]++; // the names given above
  }
  expect(counts).toEqual({ a: 6, b: 2 });
});

test("another upstream is asked at once when one is down", async () => {
  const pool = createPool([upstream("a"), upstream("b", { priority: 2 })], { retries: 1 });
  const { asked, attempt } = scripted({ a: [fail(DOWN)] });
  expect(await pool.run(attempt, signal)).toBe("b");
  expect(asked).toEqual(["a", "b"]);
});

test("one that asks for a pause is passed over while there is another one", async () => {
  const pool = createPool([upstream("a"), upstream("b", { priority: 2 })], { retries: 1 });
  const pause = new GroundwireError("rate_limited", "slow down", { retryAfter: 30 });
  const { asked, attempt } = scripted({ a: [fail(pause)] });
  await pool.run(attempt, signal);
  expect(await pool.run(attempt, signal)).toBe("b");
  expect(asked).toEqual(["a", "b", "b"]);
});

test("a short pause is waited for, a long one is the caller's", async () => {
  const pool = createPool([upstream("a")], { retries: 1 });
  const short = new GroundwireError("rate_limited", "slow down", { retryAfter: 0.01 });
  const long = new GroundwireError("rate_limited", "slow down", { retryAfter: 30 });
  const first = scripted({ a: [fail(short)] });
  expect(await pool.run(first.attempt, signal)).toBe("a");
  expect(first.asked).toEqual(["a", "a"]);
  const second = scripted({ a: [fail(long)] });
  await expect(pool.run(second.attempt, signal)).rejects.toBe(long);
  expect(second.asked).toEqual(["a"]);
});

test("what another try cannot mend is not tried again", async () => {
  const pool = createPool([upstream("a"), upstream("b")], { retries: 5, random: () => 0 });
  const refusal = new GroundwireError("upstream_refused", "no", {
    upstream: { status: 400, body: "" },
  });
  const { asked, attempt } = scripted({ a: [fail(refusal)] });
  await expect(pool.run(attempt, signal)).rejects.toBe(refusal);
  expect(asked).toEqual(["a"]);
});

test("whoever was silent for the whole time is not asked again, but another one is", async () => {
  const pool = createPool([upstream("a"), upstream("b", { priority: 2 })], { retries: 5 });
  const late = new GroundwireError("upstream_timeout", "late");
  const { asked, attempt } = scripted({ a: [fail(late)], b: [fail(late)] });
  await expect(pool.run(attempt, signal)).rejects.toBe(late);
  expect(asked).toEqual(["a", "b"]);
});

test("one that keeps failing is left alone, and the caller is told when to come back", async () => {
  const events: PoolEvent[] = [];
  const pool = createPool([upstream("a")], { retries: 0, onEvent: (event) => events.push(event) });
  const { asked, attempt } = scripted({ a: Array.from({ length: 9 }, () => fail(DOWN)) });
  for (let index = 0; index < 5; index++) await pool.run(attempt, signal).catch(() => undefined);
  const error: unknown = await pool.run(attempt, signal).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "upstream_unavailable", retryAfter: expect.any(Number) });
  expect(asked).toHaveLength(5);
  expect(events.at(-1)).toEqual({ host: "a", result: "failure", circuit: "open" });
});

test("a caller who leaves ends the waiting", async () => {
  const controller = new AbortController();
  const pool = createPool([upstream("a")], { retries: 3 });
  const { asked, attempt } = scripted({ a: [fail(DOWN)] });
  const running = pool.run(attempt, controller.signal);
  controller.abort(new Error("gone"));
  await expect(running).rejects.toThrow();
  expect(asked).toEqual(["a"]);
});
