import { expect, test } from "vitest";
import { isWithin, wirePath } from "./wire-path.ts";

const edges = (left: number, top: number, width: number, height: number) => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});
/** Every number of a path in the order x, y it has them, without the letters. */
const numbers = (path: string): number[] => [...path.matchAll(/[\d.]+/gu)].map(Number);

test("the wire leaves below the marker, follows the seam and ends before the passage", () => {
  const path = wirePath({
    marker: edges(100, 50, 20, 18),
    passage: edges(700, 400, 300, 20),
    seam: 600,
    isMirrored: false,
  });
  expect(path.out.startsWith("M110 68")).toBe(true);
  expect(numbers(path.seam)).toEqual([600, 78, 404]);
  expect(path.in.endsWith("H697")).toBe(true);
});

test("it is mirrored where the document is on the left", () => {
  const path = wirePath({
    marker: edges(800, 400, 20, 18),
    passage: edges(50, 100, 300, 20),
    seam: 500,
    isMirrored: true,
  });
  expect(numbers(path.seam)).toEqual([500, 416, 116]);
  expect(path.in.endsWith("H353")).toBe(true);
});

test("an end is seen only within what scrolls it", () => {
  const window = edges(0, 0, 500, 500);
  expect(isWithin(edges(10, 10, 20, 20), window)).toBe(true);
  expect(isWithin(edges(10, -30, 20, 20), window)).toBe(false);
  expect(isWithin(edges(10, 499, 20, 20), window)).toBe(false);
});
