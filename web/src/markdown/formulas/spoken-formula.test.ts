import { expect, test } from "vitest";
import { spokenFormula } from "./spoken-formula.ts";

test.each([
  ["E = mc^2", "E = mc²"],
  ["\\frac{a + b}{2} \\leq \\sqrt{x_1}", "a + b / 2 ≤ √ x_1"],
  ["\\text{Profit} = 5\\,000 \\times \\alpha", "Profit = 5 000 × alpha"],
  ["\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}", "a = b , c = d"],
  ["\\left( x^{10} \\right)", "( x^ 10 )"],
])("%s is read as %s", (tex, words) => {
  expect(spokenFormula(tex)).toBe(words);
});
