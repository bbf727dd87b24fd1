import { expect, it } from "vitest";

import { asTheyCome } from "./as-they-come.ts";

it("gives each result as soon as it is there, and works on no more than it may at a time", async () => {
  let running = 0;
  let most = 0;
  const finish = new Map<string, () => void>();
  const work = async (item: string): Promise<string> => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => finish.set(item, resolve));
    running--;
    return item.toUpperCase();
  };
  const results = asTheyCome(["a", "b", "c"], { most: 2, work });
  const first = results.next();
  finish.get("b")?.();
  expect((await first).value).toEqual([1, "B"]);
  const second = results.next();
  finish.get("c")?.();
  expect((await second).value).toEqual([2, "C"]);
  const third = results.next();
  finish.get("a")?.();
  expect((await third).value).toEqual([0, "A"]);
  expect((await results.next()).done).toBe(true);
  expect(most).toBe(2);
});

it("rejects with the first failure", async () => {
  const work = async (item: number): Promise<number> => {
    if (item === 2) throw new Error("two");
    return new Promise(() => {});
  };
  await expect(asTheyCome([1, 2], { most: 2, work }).next()).rejects.toThrow("two");
});
