import { expect, test } from "vitest";

import { createLruCache } from "./lru-cache.ts";

test("the value not used for longest goes first", () => {
  const cache = createLruCache<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  expect(["a", "b", "c"].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
});

test("setting a value again does not push out another", () => {
  const cache = createLruCache<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.set("b", 3);
  expect(["a", "b"].map((key) => cache.get(key))).toEqual([1, 3]);
});
