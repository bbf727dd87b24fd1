import { expect, test } from "vitest";

import { createTtlCache } from "./ttl-cache.ts";

const { signal } = new AbortController();

/** Loads that are counted and settle when told. */
function counted() {
  const loads: { signal: AbortSignal; done: PromiseWithResolvers<string> }[] = [];
  const load = (given: AbortSignal): Promise<string> => {
    const done = Promise.withResolvers<string>();
    given.addEventListener("abort", () => done.reject(given.reason));
    loads.push({ signal: given, done });
    return done.promise;
  };
  return { loads, load };
}

test("a value is loaded once, by whoever asks first, until it is too old", async () => {
  let time = 0;
  const cache = createTtlCache<string>({ ttlMs: 10, most: 5, now: () => time });
  const { loads, load } = counted();
  const both = [cache.get("a", { load, signal }), cache.get("a", { load, signal })];
  loads[0]?.done.resolve("one");
  expect(await Promise.all(both)).toEqual(["one", "one"]);
  expect(await cache.get("a", { load, signal })).toBe("one");
  time = 10;
  const later = cache.get("a", { load, signal });
  loads[1]?.done.resolve("two");
  expect([await later, loads.length]).toEqual(["two", 2]);
});

test("a failure is told to everybody who waits and not remembered", async () => {
  const cache = createTtlCache<string>({ ttlMs: 10, most: 5 });
  const { loads, load } = counted();
  const both = [cache.get("a", { load, signal }), cache.get("a", { load, signal })];
  loads[0]?.done.reject(new Error("no"));
  for (const one of both) await expect(one).rejects.toThrow("no");
  void cache.get("a", { load, signal });
  expect(loads.length).toBe(2);
});

test("one who gives up does not take the value from the others; the last one ends the load", async () => {
  const cache = createTtlCache<string>({ ttlMs: 10, most: 5 });
  const { loads, load } = counted();
  const [first, second] = [new AbortController(), new AbortController()];
  const one = cache.get("a", { load, signal: first.signal });
  const two = cache.get("a", { load, signal: second.signal });
  first.abort(new Error("first left"));
  await expect(one).rejects.toThrow("first left");
  expect(loads[0]?.signal.aborted).toBe(false);
  second.abort(new Error("second left"));
  await expect(two).rejects.toThrow("second left");
  expect(loads[0]?.signal.aborted).toBe(true);
});

test("the oldest value makes room", async () => {
  const cache = createTtlCache<string>({ ttlMs: 1_000, most: 2 });
  const load = (text: string) => async () => text;
  for (const key of ["a", "b", "c"]) await cache.get(key, { load: load(key), signal });
  expect(await cache.get("c", { load: load("again"), signal })).toBe("c");
  expect(await cache.get("a", { load: load("again"), signal })).toBe("again");
});
