import { expect, test } from "vitest";

import { splitAtMarkers } from "./citation-markers.ts";

test("markers become pieces, and what names no citation stays text", () => {
  expect(splitAtMarkers("Yes [doc1]. No [doc9].", { citations: 1, done: true })).toEqual([
    { type: "text", text: "Yes " },
    { type: "marker", citation: 0 },
    { type: "text", text: ". No [doc9]." },
  ]);
});

test("no prefix of an answer shows half a marker", () => {
  const answer = "First [doc1][doc2] and [a link] then [doc12].";
  for (let length = 0; length <= answer.length; length++) {
    const pieces = splitAtMarkers(answer.slice(0, length), { citations: 12, done: false });
    const shown = pieces.map((piece) => (piece.type === "text" ? piece.text : "")).join("");
    expect(shown).not.toMatch(/\[d/u);
  }
});
