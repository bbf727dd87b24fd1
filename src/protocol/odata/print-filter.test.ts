import fc from "fast-check";
import { expect, test } from "vitest";
import { type Filter, matchesFilter } from "../filters.ts";
import { parseODataFilter } from "./parse-filter.ts";
import { printODataFilter } from "./print-filter.ts";

const key = fc.constantFrom("a", "täg", "_x1");
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("x", "it's", "a b", "a,b", "a|b;c~d\t,e", " x", "", "'", "') or true eq (x"),
);
const value = fc.oneof(text, fc.integer({ min: -3, max: 3 }), fc.boolean());

function conditions(keys: fc.Arbitrary<string>): fc.Arbitrary<Filter> {
  return fc.oneof(
    fc.record({
      type: fc.constantFrom("eq" as const, "ne" as const, "gt" as const, "lte" as const),
      key: keys,
      value,
    }),
    fc.record({
      type: fc.constantFrom("in" as const, "nin" as const),
      key: keys,
      value: fc.array(value, { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ type: fc.constant("in" as const), key: keys, value: fc.constant<string[]>([]) }),
  );
}

const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    conditions(key),
    fc.record({ type: fc.constant("exists" as const), key }),
    fc.record({
      type: fc.constantFrom("any" as const, "all" as const),
      key,
      variable: fc.constant("g"),
      filter: conditions(fc.constant("g")),
    }),
    fc.record({ type: fc.constant("not" as const), filter: tie("filter") }),
    fc.record({
      type: fc.constantFrom("and" as const, "or" as const),
      filters: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).filter;

test("every filter means the same when it is printed and read again", () => {
  const documents = fc.dictionary(key, fc.oneof(value, fc.array(value)), { noNullPrototype: true });
  fc.assert(
    fc.property(filters, documents, (filter, document) => {
      const again = parseODataFilter(printODataFilter(filter));
      expect(matchesFilter(again, document)).toBe(matchesFilter(filter, document));
    }),
    { numRuns: 2_000 },
  );
});

test("a key that OData cannot name is refused, not bent", () => {
  for (const name of ["a b", "a'", "", "and", "1a", "a/b", "x eq 1 or y"]) {
    expect(() => printODataFilter({ type: "eq", key: name, value: 1 })).toThrow("cannot name");
  }
});
