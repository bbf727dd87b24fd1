import { describe, expect, it } from "vitest";

import { widen } from "./reading-window.ts";

const passages = [0, 1, 2, 3, 4].map((ordinal) => ({ ordinal, text: "x".repeat(100) }));
const widened = (
  options: Partial<Parameters<typeof widen>[1]>,
  from: { ordinal: number; text: string }[] = passages,
): number[] =>
  widen(from, { center: 2, length: 300, isMatch: () => false, ...options }).map(
    ({ ordinal }) => ordinal,
  );

describe("the window around a passage", () => {
  it("grows while the length allows", () => {
    expect(widened({ length: 99 })).toEqual([2]);
    expect(widened({})).toEqual([2, 3, 4]);
    expect(widened({ length: 10_000 })).toEqual([0, 1, 2, 3, 4]);
  });

  it("takes neighbours that match first", () => {
    expect(widened({ length: 200, isMatch: (ordinal) => ordinal === 1 })).toEqual([1, 2]);
  });

  it("leaves no gap where a neighbour is missing", () => {
    const without1 = passages.filter(({ ordinal }) => ordinal !== 1);
    expect(widened({ length: 10_000 }, without1)).toEqual([2, 3, 4]);
    expect(widened({ center: 9 })).toEqual([]);
  });
});
