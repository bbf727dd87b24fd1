import fc from "fast-check";
import { expect, test } from "vitest";

import { parseQueries } from "./parse-queries.ts";

const TWO = ["annual leave", "sick leave"];

test.each([
  ["a JSON list", '["annual leave", "sick leave"]'],
  ["a fenced list", '```json\n["annual leave", "sick leave"]\n```'],
  ["a list among prose", 'Here they are:\n\n["annual leave", "sick leave"]\n\nGood luck!'],
  ["an object", '{"queries": ["annual leave", "sick leave"]}'],
  ["objects", '[{"query": "annual leave"}, {"query": "sick leave"}]'],
  ["an object among prose", 'Sure! {"intents":["annual leave","sick leave"]}'],
  ["a list as Python writes it", "['annual leave', 'sick leave']"],
  ["a comma too many", '["annual leave", "sick leave",]'],
  ["numbered lines", "1. annual leave\n2) sick leave"],
  ["named lines", "Query 1: annual leave\nQuery 2: sick leave"],
  ["bullets under a heading", "Search queries:\n- annual leave\n* “sick leave”"],
  ["lines", "annual leave\nsick leave\n"],
  [
    "a list after thinking aloud",
    '<think>["wrong"] maybe?</think>\n["annual leave", "sick leave"]',
  ],
  ["repeated queries", '["annual leave", "Annual leave", " sick \\n leave "]'],
])("%s is read", (_name, text) => {
  expect(parseQueries(text).queries).toEqual(TWO);
});

test("an apostrophe within a query is part of it", () => {
  expect(parseQueries("['the manager's approval', 'sick leave']").queries).toEqual([
    "the manager's approval",
    "sick leave",
  ]);
});

test("plain lines might be anything; lists are lists", () => {
  expect(parseQueries("I cannot help with that.").isList).toBe(false);
  expect(parseQueries('["annual leave"]').isList).toBe(true);
});

test.each([
  ["nothing", ""],
  ["an empty list", "[]"],
  ["thinking without end", "<think>hmm, what"],
  ["a list of numbers", "[1, 2]"],
  ["a page of prose", "word ".repeat(100)],
])("%s holds no query", (_name, text) => {
  expect(parseQueries(text).queries).toEqual([]);
});

test("whatever a model writes, queries are short, of one line, and not empty", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."[]{}'\",:\n\\ a1.-é<think>/") }), (text) =>
      parseQueries(text).queries.every(
        (query) => query.length > 0 && query.length <= 400 && !/[\n\r]/u.test(query),
      ),
    ),
  );
});
