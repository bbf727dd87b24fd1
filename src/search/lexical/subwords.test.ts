import { describe, expect, it } from "vitest";

import { createSubwordScanner, scoreSubwords } from "./subwords.ts";

const word = (text: string) => ({ text, isName: false, readings: [[text]] });
const similarity = (asked: string, text: string): number =>
  createSubwordScanner([word(asked)]).scan(text).similarities[0] ?? -1;

describe("parts of words", () => {
  it.each([
    ["versicherung", "Die Krankenversicherung zahlt.", 0.8, 1],
    ["krankenversicherung", "Die Versicherung zahlt.", 0.5, 0.8],
    ["prolongado", "Los períodos prolongados", 0.8, 1],
    ["energia", "ENERGÍA solar", 1, 1],
    ["категория", "Категории товаров", 0.6, 1],
    ["crane", "The forklift is blue.", 0, 0.1],
    ["insurance", "sure dance in assurances", 0, 0.7],
  ])("'%s' and one word of '%s' are as alike as they look", (asked, text, least, most) => {
    expect(similarity(asked, text)).toBeGreaterThanOrEqual(least);
    expect(similarity(asked, text)).toBeLessThanOrEqual(most);
  });

  it("do not add up over several words of the text", () => {
    expect(similarity("abcdef", "abc xbcd cde def")).toBeLessThanOrEqual(0.5);
  });

  it("are not looked for in numbers, codes and scripts without spaces", () => {
    const scanner = createSubwordScanner([word("a-1234"), word("2026"), word("")]);
    expect(scanner.scan("a-1234 in 2026").frequencies).toHaveLength(0);
  });

  it("score a text by how many it has and how rare they are among the texts", () => {
    const scanner = createSubwordScanner([word("krankenversicherung")]);
    const texts = ["Krankenversicherung", "Versicherung", "Hafen und Kran", "Berg"];
    const scores = scoreSubwords(texts.map((text) => scanner.scan(text)));
    expect(scores).toEqual(scores.toSorted((left, right) => right - left));
    expect(scores[3]).toBe(0);
  });

  it("of texts that are empty score nothing", () => {
    const scanner = createSubwordScanner([word("crane")]);
    expect(scoreSubwords([scanner.scan(""), scanner.scan(" ,.")])).toEqual([0, 0]);
  });
});
