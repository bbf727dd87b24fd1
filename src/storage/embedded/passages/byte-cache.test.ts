import { expect, it } from "vitest";

import { createByteCache } from "./byte-cache.ts";

it("loads what it does not have, and forgets what has not been used for longest", () => {
  const cache = createByteCache(10);
  const loaded: string[] = [];
  const get = (key: string, size = 4): number =>
    cache.get(key, () => {
      loaded.push(key);
      return new Uint8Array(size);
    }).byteLength;
  get("a");
  get("b");
  get("a");
  get("c");
  expect(loaded).toEqual(["a", "b", "c"]);
  get("a");
  get("b");
  expect(loaded).toEqual(["a", "b", "c", "b"]);
});

it("gives what is larger than all of it", () => {
  const cache = createByteCache(10);
  expect(cache.get("large", () => new Uint16Array(20)).length).toBe(20);
  expect(cache.get("small", () => new Uint8Array(2)).length).toBe(2);
});
