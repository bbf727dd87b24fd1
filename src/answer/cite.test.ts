import { expect, test } from "vitest";

import { createCitationGate } from "./cite.ts";

function through(pieces: string[], citations: number): { text: string; dropped: number } {
  const gate = createCitationGate(citations);
  const text = pieces.map((piece) => gate.push(piece)).join("") + gate.end();
  return { text, dropped: gate.dropped() };
}

test.each([
  ["valid markers pass", "Yes [doc1][doc2].", "Yes [doc1][doc2].", 0],
  ["an impossible one goes with the blank before it", "Yes [doc3].", "Yes.", 1],
  ["number nought is impossible", "Yes [doc0].", "Yes.", 1],
  ["several in one bracket become several", "Yes [doc1, doc2].", "Yes [doc1][doc2].", 0],
  ["of several only the possible ones stay", "Yes [doc1, doc9].", "Yes [doc1].", 1],
  ["other brackets are text", "a[1] and [docs] and [x", "a[1] and [docs] and [x", 0],
  ["what never becomes a marker comes out at the end", "See [doc", "See [doc", 0],
  ["blanks at the end stay", "Yes ", "Yes ", 0],
])("%s", (_name, text, expected, dropped) => {
  expect(through([text], 2)).toEqual({ text: expected, dropped });
});

test("an answer comes out the same however it is cut into pieces", () => {
  const answer = "A [doc1], [doc7] B [doc2, doc1]  and [not] [doc1";
  const whole = through([answer], 2);
  for (let cut = 1; cut < answer.length; cut++) {
    expect(through([answer.slice(0, cut), answer.slice(cut)], 2)).toEqual(whole);
  }
  expect(through([...answer], 2)).toEqual(whole);
});

test("nothing that could become a marker is shown before it is clear", () => {
  const gate = createCitationGate(1);
  expect(["Yes ", "[d", "oc", "1", "]", "."].map((piece) => gate.push(piece))).toEqual([
    "Yes",
    "",
    "",
    "",
    " [doc1]",
    ".",
  ]);
});
