import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Attributes, matchesFilter } from "../filters.ts";
import { parseODataFilter } from "./parse-filter.ts";
import { ODataError } from "./tokens.ts";

const FILE: Attributes = {
  team: "hr",
  year: 2024,
  draft: false,
  groups: "hr, legal",
  owner: "O'Hara",
};

const passes = (filter: string, attributes: Attributes = FILE): boolean =>
  matchesFilter(parseODataFilter(filter), attributes);

describe("a filter in OData", () => {
  it.each([
    ["team eq 'hr'", true],
    ["team ne 'hr'", false],
    ["missing ne 'hr'", true],
    ["missing eq null", true],
    ["team ne null", true],
    ["year gt 2023 and year le 2024", true],
    ["year lt 2024 or year ge 2025", false],
    ["year gt '2023'", false],
    ["draft eq false", true],
    ["not draft", true],
    ["draft or team eq 'hr'", true],
    ["not (team eq 'hr' and year eq 2024)", false],
    ["not team eq 'it' and year eq 2024", true],
    ["owner eq 'O''Hara'", true],
    ["search.in(team, 'it, hr')", true],
    ["search.in(team, 'it|hr', '|')", true],
    ["search.in(team, '')", false],
    ["team/any(t: t eq 'hr')", true],
    ["team/any(t: search.in(t, 'it, hr'))", true],
    ["groups/any(g: g eq 'legal')", true],
    ["groups/any(g: search.in(g, 'sales, legal'))", true],
    ["groups/any(g: search.in(g, ''))", false],
    ["groups/any(g: g eq 'hr, legal')", true],
    ["groups/all(g: search.in(g, 'hr, legal, it'))", true],
    ["groups/all(g: g eq 'hr')", false],
    ["missing/any(g: g ne 'x')", false],
    ["missing/all(g: g eq 'x')", true],
    ["team/any()", true],
    ["missing/any()", false],
    ["year eq 2.024e3", true],
    ["  team  eq  'hr'  ", true],
    ["constructor eq null", true],
  ])("%s", (filter, expected) => {
    expect(passes(filter)).toBe(expected);
  });

  it.each([
    ["", "position 1: expected the name of a field, found the end"],
    ["team", "OK"],
    ["team eq", "expected a text in single quotes, a number, true, false or null, found the end"],
    ["team eq hr", "position 9"],
    ["team = 'hr'", "position 6: '= 'hr'' is neither"],
    ["team eq 'hr", "position 9"],
    ["team eq 'hr')", "position 13: expected the end, 'and' or 'or', found ')'"],
    ["(team eq 'hr'", "expected ')', found the end"],
    ["team eq 'hr' xor year eq 1", "found 'xor'"],
    ["5 lt year", "position 1: expected the name of a field, found '5'"],
    ["year gt null", "position 9: expected a text or a number, found 'null'"],
    ["geo.distance(a) lt 5", "found 'geo.distance'"],
    ["search.ismatch('a')", "found 'search.ismatch'"],
    ["team/some(t: t eq 'a')", "expected 'any' or 'all', found 'some'"],
    ["team/any(t: year eq 2024)", "within any and all only 't' can be compared, not 'year'"],
    ["team/any(t: t/any(u: u eq 'a'))", "expected a comparison"],
    ["date gt 2024-01-31T00:00:00Z", "position 9"],
    ["startswith(team, 'h')", "found '('"],
    ["team eq 'hr' and", "found the end"],
    ["not", "found the end"],
    ["true eq true", "found 'true'"],
    ["team constructor 'x'", "expected an operator, found 'constructor'"],
    ["team eq constructor", "found 'constructor'"],
    ["year eq 9007199254740993", "position 9: the number is too large"],
    ["year lt 1e999", "position 9: the number is too large"],
  ])("%s: refused, saying where", (filter, message) => {
    if (message === "OK") return expect(parseODataFilter(filter)).toMatchObject({ value: true });
    expect(() => parseODataFilter(filter)).toThrow(ODataError);
    expect(() => parseODataFilter(filter)).toThrow(message);
    return undefined;
  });

  it("that nests or goes on without end is refused", () => {
    expect(() => parseODataFilter(`${"(".repeat(40)}a eq 1${")".repeat(40)}`)).toThrow("deep");
    expect(() => parseODataFilter(`${"not ".repeat(5_000)}a eq 1`)).toThrow("deep");
    expect(() => parseODataFilter(`a eq '${"x".repeat(40_000)}'`)).toThrow("32768");
    const many = Array.from({ length: 1_500 }, (_, index) => `a eq ${index}`).join(" or ");
    expect(passes(many, { a: 1_499 })).toBe(true);
  });

  it("means what the same condition means in another language", () => {
    const keys = ["a", "b"] as const;
    const condition = fc.letrec<{ any: [string, (values: Attributes) => boolean] }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc
          .tuple(
            fc.constantFrom(...keys),
            fc.constantFrom("eq", "ne", "gt", "le"),
            fc.integer({ min: 0, max: 3 }),
          )
          .map(([key, operator, value]): [string, (values: Attributes) => boolean] => [
            `${key} ${operator} ${value}`,
            (values) => {
              const actual = Number(values[key]);
              if (operator === "eq") return actual === value;
              if (operator === "ne") return actual !== value;
              return operator === "gt" ? actual > value : actual <= value;
            },
          ]),
        fc
          .tuple(tie("any"), fc.constantFrom("and", "or"), tie("any"))
          .map(
            ([[left, holdsLeft], word, [right, holdsRight]]): [
              string,
              (values: Attributes) => boolean,
            ] => [
              `(${left}) ${word} (${right})`,
              (values) =>
                word === "and"
                  ? holdsLeft(values) && holdsRight(values)
                  : holdsLeft(values) || holdsRight(values),
            ],
          ),
        tie("any").map(([inner, holds]): [string, (values: Attributes) => boolean] => [
          `not (${inner})`,
          (values) => !holds(values),
        ]),
      ),
    })).any;
    const value = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(condition, value, value, ([text, holds], a, b) => {
        expect(passes(text, { a, b })).toBe(holds({ a, b }));
      }),
    );
  });

  it("is a filter or refused, whatever is written", () => {
    const words = [
      "a",
      "eq",
      "'x'",
      "1",
      "and",
      "or",
      "not",
      "(",
      ")",
      "/any(x:",
      "search.in(",
      ",",
      "x",
      "null",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (parts) => {
        try {
          parseODataFilter(parts.join(" "));
        } catch (error) {
          expect(error).toBeInstanceOf(ODataError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
