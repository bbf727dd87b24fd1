import { expect, test } from "vitest";

import { joinedText, textOf, valueAt } from "./field-values.ts";

test.each([
  ["an object", { meta: { title: "t" } }, "meta.title", "t"],
  ["a key with a dot", { "meta.title": "t" }, "meta.title", "t"],
  ["both at once", { a: { "b.c": { d: 1 } } }, "a.b.c.d", 1],
  [
    "a list of objects",
    { parts: [{ text: "a" }, {}, { text: ["b", "c"] }] },
    "parts.text",
    ["a", "b", "c"],
  ],
  ["nothing", { meta: "text" }, "meta.title", undefined],
  ["what only the prototype has", {}, "constructor.name", undefined],
])("a value is found in %s", (_where, document, path, expected) => {
  expect(valueAt(document, path)).toEqual(expected);
});

test.each([
  ["text", "text"],
  [0, "0"],
  [false, "false"],
  [["a", null, ["b"]], "a\nb"],
  ["  ", null],
  [{ a: 1 }, null],
  [[], null],
  [null, null],
])("%j is read as %j", (value, expected) => {
  expect(textOf(value)).toBe(expected);
});

test("texts are joined, and what is missing leaves no gap", () => {
  expect(joinedText({ a: "1", c: "3" }, ["a", "b", "c"], " | ")).toBe("1 | 3");
  expect(joinedText({}, ["a"], " | ")).toBeNull();
});
