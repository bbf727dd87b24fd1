import { expect, test } from "vitest";
import { citedOnly, linkMarkers } from "./link-markers.ts";

const CITATIONS = [{ url: "a.pdf" }, { url: "b.pdf" }, { url: "c.pdf" }];
const toLink = ({ url }: { url: string }, number: number): string => `[${number}](${url})`;

test("markers become links, numbers without a citation stay", () => {
  expect(linkMarkers("27 days [doc1][doc3]. [doc9]", CITATIONS, { toLink })).toBe(
    "27 days [1](a.pdf)[3](c.pdf). [doc9]",
  );
});

test("a half-written marker is held back while the answer is streamed", () => {
  const answer = "27 days [doc2].";
  for (let length = 0; length <= answer.length; length++) {
    const shown = linkMarkers(answer.slice(0, length), CITATIONS, { toLink, done: false });
    expect(shown).not.toMatch(/\[d|\[doc/u);
  }
  expect(linkMarkers("see [do", CITATIONS, { toLink })).toBe("see [do");
});

test("what is not cited is left out, and the rest is numbered anew in the order of the text", () => {
  expect(citedOnly("x [doc3] y [doc1][doc3]", CITATIONS)).toEqual({
    text: "x [doc1] y [doc2][doc1]",
    citations: [CITATIONS[2], CITATIONS[0]],
  });
});
