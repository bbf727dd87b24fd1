import { describe, expect, test } from "vitest";
import { findFormulas, holdBackFormula } from "./find-formulas.ts";

const found = (text: string): string[] =>
  [...findFormulas(text)].map(([at, { end }]) => text.slice(at, end));

describe("a formula", () => {
  test.each([
    ["$E = mc^2$ and \\(a\\)", ["$E = mc^2$", "\\(a\\)"]],
    ["$$x$$ \\[y = 1\\]", ["$$x$$", "\\[y = 1\\]"]],
    ["the $n$th of $x_1,\\dots,x_n$.", ["$n$", "$x_1,\\dots,x_n$"]],
    ["$2x + 1$, $5$, $3\\pi$", ["$2x + 1$", "$5$", "$3\\pi$"]],
    ["$\\text{profit in } \\$5$", ["$\\text{profit in } \\$5$"]],
    ["($x$), „$y$“ und $z$は", ["$x$", "$y$", "$z$"]],
    ["\\[\na\n=\nb\n\\]", ["\\[\na\n=\nb\n\\]"]],
  ])("is found in %j", (text, formulas) => {
    expect(found(text)).toEqual(formulas);
  });

  test.each([
    "It costs $5 and $10.",
    "Between $5-$10, or $1,000/$2,000 a year.",
    "US$5 and A$7, 5$ or 6 $, in $.",
    "$5 million, in Swiss francs 6$",
    "$5 or about 6$, ($) and ($)",
    "从$5涨到大约6$",
    "$HOME/$USER, ${PATH}, $1",
    "\\$5$ and \\\\(x\\\\)",
    "`$x` and `$y`",
    "\\[doc1\\] \\[1\\] \\[2, 3\\] \\(optional\\) \\(see there\\)",
    "$x [doc1]$",
    "$$a\n\nb$$",
    "$$$$ $$ $ \\(\\) \\[ \\]",
    "\\(a \\(b",
  ])("is not seen in %j", (text) => {
    expect(found(text)).toEqual([]);
  });

  test.each([
    ["So $E = m", "So "],
    ["So $", "So "],
    ["So \\", "So "],
    ["So \\[ x", "So "],
    ["So $$\n\\frac", "So "],
    ["So $x$", "So $x$"],
    ["So \\\\", "So \\\\"],
    ["It costs $5", "It costs $5"],
    ["It costs $5 mil", "It costs $5 mil"],
    ["From $5 to $1", "From $5 to $1"],
  ])("that is not closed yet is held back: %j", (text, shown) => {
    expect(holdBackFormula(text)).toBe(shown);
  });

  test("that has become too long is held back no longer", () => {
    const text = `\\[ ${"x".repeat(3000)}`;
    expect(holdBackFormula(text)).toBe(text);
  });

  test("is looked for in time that grows with the text", () => {
    for (const sign of ["$a ", "$$a ", "\\(", "\\[ ", "\\( \\[ ", "$x$ ", "\\", "$"]) {
      const text = sign.repeat(50_000);
      const start = performance.now();
      findFormulas(text);
      holdBackFormula(text);
      expect(performance.now() - start, sign).toBeLessThan(2000);
    }
  });
});
