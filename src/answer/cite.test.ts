import fc from "fast-check";
import { describe, expect, it, test } from "vitest";

import { createCitationGate } from "./cite.ts";

function through(pieces: string[], citations: number): { text: string; dropped: number } {
  const gate = createCitationGate(() => citations);
  const text = pieces.map((piece) => gate.push(piece)).join("") + gate.end();
  return { text, dropped: gate.dropped() };
}

test.each([
  ["valid markers pass", "Yes [doc1][doc2].", "Yes [doc1][doc2].", 0],
  ["an impossible one goes with the blank before it", "Yes [doc3].", "Yes.", 1],
  ["number nought is impossible", "Yes [doc0].", "Yes.", 1],
  ["several in one bracket become several", "Yes [doc1, doc2].", "Yes [doc1][doc2].", 0],
  ["also without repeating the word", "Yes [doc1; 2].", "Yes [doc1][doc2].", 0],
  ["a marker twice in one bracket is one", "Yes [doc1, doc1].", "Yes [doc1].", 0],
  ["of several only the possible ones stay", "Yes [doc1, doc9].", "Yes [doc1].", 1],
  ["other brackets are text", "a[1] and [docs] and [x", "a[1] and [docs] and [x", 0],
  ["what never becomes a marker comes out at the end", "See [doc", "See [doc", 0],
  ["blanks at the end stay", "Yes ", "Yes ", 0],
])("%s", (_name, text, expected, dropped) => {
  expect(through([text], 2)).toEqual({ text: expected, dropped });
});

describe("markers as other models write them become ours", () => {
  it.each([
    ["[Doc 1]"],
    ["[document 1]"],
    ["[doc#1]"],
    ["[doc1†source]"],
    ["[doc1†]"],
    ["[1†source]"],
    ["[1†handbook 2024.md]"],
    ["【1†source】"],
    ["【1】"],
    ["【doc1】"],
    ["［doc1］"],
    ["[ doc1 ]"],
  ])("%s", (marker) => {
    expect(through([`Yes ${marker}.`], 2).text).toBe("Yes [doc1].");
  });

  it.each([
    ["【1†a】【2†b】", "[doc1][doc2]"],
    ["[doc1†a, doc2†b]", "[doc1][doc2]"],
    ["[doc1 and doc2]", "[doc1][doc2]"],
    ["【1†source, 2†source】", "[doc1][doc2]"],
  ])("%s", (markers, expected) => {
    expect(through([`Yes ${markers}.`], 2).text).toBe(`Yes ${expected}.`);
  });

  it.each([["【9†source】"], ["【4:0†source】"], ["[7†source]"]])(
    "or go when they name nothing: %s",
    (marker) => {
      expect(through([`Yes ${marker}.`], 2)).toEqual({ text: "Yes.", dropped: 1 });
    },
  );
});

test.each([
  ["an index", "list[12] = x[1, 2]"],
  ["a reference to a document by words", "[document one] and [doc of 2023]"],
  ["a link", "[1](https://example.com) and [docs](/docs)"],
  ["Japanese quotes", "【重要】お知らせ"],
  ["a long bracket", `[doc1 ${"and so on ".repeat(20)}]`],
])("%s is text", (_name, text) => {
  expect(through([text], 2)).toEqual({ text, dropped: 0 });
});

test("no marker arises around one that is dropped", () => {
  for (const text of [
    "[d[doc9]oc1]",
    "[doc[doc9]1]",
    "[doc1[doc9]]",
    "[doc [doc0]2]",
    "【[doc9]1†x】",
  ]) {
    expect(through([text], 0).text).not.toMatch(/\[\s*doc\s*\d+\s*\]|【\d/u);
    expect(through([...text], 0).text).not.toMatch(/\[\s*doc\s*\d+\s*\]|【\d/u);
  }
});

test("that an answer names no document is told", () => {
  const gate = createCitationGate(() => 2);
  expect(gate.push("[doc0] Not found.") + gate.end()).toBe(" Not found.");
  expect(gate.namedNone()).toBe(true);
});

test("nothing that could become a marker is shown before it is clear", () => {
  const gate = createCitationGate(() => 1);
  expect(["Yes ", "[d", "oc", "1", "]", "."].map((piece) => gate.push(piece))).toEqual([
    "Yes",
    "",
    "",
    "",
    " [doc1]",
    ".",
  ]);
});

test("a bracket that is none is not held back for long", () => {
  const gate = createCitationGate(() => 1);
  expect(gate.push("[docs")).toBe("");
  expect(gate.push(" are here")).toBe("[docs are here");
  expect(gate.push("【")).toBe("");
  expect(gate.push("重要".repeat(50))).not.toBe("");
});

describe("whatever a model writes", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "[",
      "]",
      "【",
      "】",
      "［",
      "］",
      "doc",
      "d",
      "oc",
      "ument",
      "1",
      "2",
      "12",
      "0",
      ",",
      ";",
      " ",
      "†",
      "source",
      ":",
      "#",
      " and ",
      "\n",
      "a",
      ".",
    ),
    fc.string({ maxLength: 3 }),
  );
  const answer = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(""));
  const citations = fc.nat(3);

  it("comes out the same however it is cut", () => {
    fc.assert(
      fc.property(answer, citations, fc.array(fc.nat(60)), (text, count, cuts) => {
        const places = [...new Set(cuts.filter((at) => at < text.length))].toSorted(
          (a, b) => a - b,
        );
        const pieces = [0, ...places].map((at, index, all) => text.slice(at, all[index + 1]));
        const whole = through([text], count);
        expect(through(pieces, count)).toEqual(whole);
        expect(through([...text], count)).toEqual(whole);
      }),
      { numRuns: 3_000 },
    );
  });

  it("holds no marker beyond the citations, as any client reads markers", () => {
    fc.assert(
      fc.property(answer, citations, (text, count) => {
        const shown = through([text], count).text;
        const numbers = [...shown.matchAll(/\[doc(\d+)\]/gu)].map(([, number]) => Number(number));
        return numbers.every((number) => number >= 1 && number <= count);
      }),
      { numRuns: 5_000 },
    );
  });

  it("stays as it is when it goes through again", () => {
    fc.assert(
      fc.property(answer, citations, (text, count) => {
        const once = through([text], count).text;
        expect(through([once], count)).toEqual({ text: once, dropped: 0 });
      }),
      { numRuns: 3_000 },
    );
  });
});
