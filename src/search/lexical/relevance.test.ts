import { describe, expect, it } from "vitest";

import { relevanceOf } from "./relevance.ts";

const words = [4, 4, 2].map((rarity) => ({
  text: "",
  isName: false,
  readings: [],
  weight: rarity,
  rarity,
}));
const RAREST = 6;
const judge = (
  credits: number[],
  windowRarity: number,
  {
    similarities = null,
    prominence = 0.3,
    isName = false,
    isSyllabic = false,
  }: {
    similarities?: number[] | null;
    prominence?: number;
    isName?: boolean;
    isSyllabic?: boolean;
  } = {},
): number =>
  relevanceOf(
    words.map((word) => ({ ...word, isName })),
    {
      credits: Float64Array.from(credits),
      similarities: similarities && Float64Array.from(similarities),
      windowRarity,
      prominence,
    },
    { rarest: RAREST, isSyllabic },
  );

describe("relevance", () => {
  it("is 0 without any word and near 1 with all of them together", () => {
    expect(judge([0, 0, 0], 0)).toBe(0);
    expect(judge([1, 1, 1], 10)).toBeGreaterThan(0.9);
  });

  it("falls when a word is missing, and more when it is a rare one", () => {
    expect(judge([1, 1, 0], 8)).toBeLessThan(judge([1, 1, 1], 10));
    expect(judge([1, 0, 1], 6)).toBeLessThan(judge([1, 1, 0], 8));
  });

  it("falls more when what is missing is a name or a number", () => {
    expect(judge([1, 0, 1], 6, { isName: true })).toBeLessThan(judge([1, 0, 1], 6));
    expect(judge([1, 1, 1], 10, { isName: true })).toBe(judge([1, 1, 1], 10));
  });

  it("is lower where words are syllables, which stand in many passages by chance", () => {
    expect(judge([1, 1, 0], 8, { isSyllabic: true })).toBeLessThan(judge([1, 1, 0], 8));
  });

  it("falls when the words stand apart", () => {
    expect(judge([1, 1, 1], 4)).toBeLessThan(judge([1, 1, 1], 10));
  });

  it("counts a word in another form, but less than the word itself", () => {
    const other = judge([1, 0, 1], 6, { similarities: [0, 0.9, 0] });
    expect(other).toBeGreaterThan(judge([1, 0, 1], 6));
    expect(other).toBeLessThan(judge([1, 1, 1], 10));
    expect(judge([1, 0, 1], 6, { similarities: [0, 0.5, 0] })).toBe(judge([1, 0, 1], 6));
  });

  it("rises for a passage that stands out among those found", () => {
    expect(judge([1, 1, 0], 8, { prominence: 0.6 })).toBeGreaterThan(judge([1, 1, 0], 8));
  });
});
