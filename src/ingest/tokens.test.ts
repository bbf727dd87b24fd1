import fc from "fast-check";
import { expect, test } from "vitest";

import { countTokens, cutTokens } from "./tokens.ts";

test("a text is cut to as many tokens as wanted, and is the beginning of itself", () => {
  const text = "Full-time employees get 27 days of annual leave a year. ".repeat(400);
  const cut = cutTokens(text, 1_000);
  expect(text.startsWith(cut)).toBe(true);
  expect(countTokens(cut)).toBeLessThanOrEqual(1_000);
  expect(countTokens(cut)).toBeGreaterThan(980);
});

test("whatever the text, no cut is too long and none ends within a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), fc.nat(60), (text, limit) => {
      const cut = cutTokens(text, limit);
      return text.startsWith(cut) && countTokens(cut) <= limit && cut.isWellFormed();
    }),
  );
});

test("a text that is short enough stays as it is", () => {
  expect(cutTokens("annual leave", 10)).toBe("annual leave");
});

test("megabytes without a blank are cut without being read", () => {
  const started = performance.now();
  expect(countTokens(cutTokens("a".repeat(10_000_000), 2_000))).toBeLessThanOrEqual(2_000);
  expect(performance.now() - started).toBeLessThan(1_000);
});
