import { expect, it } from "vitest";

import type { FeedbackEntryBody } from "../../../../src/protocol/conversations.ts";
import { citedDocuments, wordsOfAnswer } from "./cited-documents.ts";

function entry(content: unknown): FeedbackEntryBody {
  const citation = { content: "…", title: null, filepath: null, url: null, chunk_id: "0" };
  const citations = [
    { ...citation, title: "Leave policy", url: "/files/leave.pdf#page=6" },
    { ...citation, filepath: "rates.xlsx" },
    { ...citation, filepath: "unused.md" },
  ];
  // Only what is read of an entry.
  return { message: { message: { role: "assistant", content }, answer: { citations } } } as never;
}

it("documents are those that the answer's markers name, in the order of their numbers", () => {
  expect(citedDocuments(entry("Two [doc2]. One [doc1][doc2]. None [doc9]."))).toEqual([
    { number: 1, name: "Leave policy", page: 6 },
    { number: 2, name: "rates.xlsx", page: null },
  ]);
});

it("an answer is shown with plain numbers, and one without words as nothing", () => {
  expect(wordsOfAnswer(entry("25 days [doc1]."))).toBe("25 days [1].");
  expect([wordsOfAnswer(entry(null)), citedDocuments(entry(null))]).toEqual(["", []]);
});
