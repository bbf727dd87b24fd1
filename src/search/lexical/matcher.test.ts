import { describe, expect, it } from "vitest";

import { termHash } from "./bigram.ts";
import { createMatcher } from "./matcher.ts";

const word = (rarity: number, ...readings: string[][]) => ({
  text: "",
  isName: false,
  readings,
  weight: rarity,
  rarity,
});
const look = (words: ReturnType<typeof word>[], passage: string[]) =>
  createMatcher(words, new Map()).match(Uint32Array.from(passage, termHash));
const filler = (count: number): string[] => Array.from({ length: count }, (_, at) => `x${at}`);

describe("words in a passage", () => {
  it("count wholly when all their terms stand there, in any of their readings", () => {
    const words = [word(4, ["crane"]), word(4, ["kran"], ["cra", "ran", "ane"]), word(4, ["quay"])];
    expect([...look(words, ["crane", "cra", "ran", "ane"]).credits]).toEqual([1, 1, 0]);
  });

  it("of several terms count for nothing when less than 60 % of these stand there, which is chance", () => {
    const words = [word(4, ["one", "two", "thr", "fou"])];
    expect([...look(words, ["one", "two", "two"]).credits]).toEqual([0]);
    expect(look(words, ["one", "two", "thr"]).credits[0]).toBeCloseTo(0.7 * 0.75);
  });

  it("stand together within a quarter of the passage, or twenty terms", () => {
    const words = [word(3, ["crane"]), word(2, ["quay"])];
    expect(look(words, ["crane", ...filler(18), "quay"]).windowRarity).toBe(5);
    expect(look(words, ["crane", ...filler(19), "quay"]).windowRarity).toBe(3);
    expect(look(words, ["crane", ...filler(25), "quay", ...filler(100)]).windowRarity).toBe(5);
    expect(look(words, ["crane", ...filler(60), "quay", ...filler(100)]).windowRarity).toBe(3);
  });

  it("count once in a window, and not for terms that it has left behind", () => {
    const words = [word(3, ["one", "two"])];
    expect(look(words, ["one", "one", "one"]).windowRarity).toBe(0);
    expect(look(words, ["one", ...filler(30), "two"]).windowRarity).toBe(0);
    expect(look(words, ["one", "two", "one", "two"]).windowRarity).toBe(3);
  });
});
