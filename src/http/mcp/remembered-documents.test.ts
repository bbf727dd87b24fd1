import { expect, test } from "vitest";

import { KEYLESS, type Principal } from "../../auth/principal.ts";
import { createRememberedDocuments, type FoundDocument } from "./remembered-documents.ts";

const HOUR_MS = 60 * 60 * 1000;
const found = (...contents: string[]): FoundDocument => ({
  source: "policies",
  key: "https://example.com/leave",
  title: "Leave",
  url: "https://example.com/leave",
  filepath: null,
  passages: contents.map((content) => ({ id: content.slice(0, 10), content })),
});

test("a document keeps its id, and gathers what is found of it", () => {
  const remembered = createRememberedDocuments();
  const id = remembered.remember(KEYLESS, found("first"));
  expect(remembered.remember(KEYLESS, found("second", "first"))).toBe(id);
  expect(remembered.recall(KEYLESS, id)).toEqual(found("second", "first"));
});

test.each<[string, Principal]>([
  ["of another tenant", { ...KEYLESS, tenant: "other" }],
  ["with groups", { ...KEYLESS, access: { groups: ["staff"] } }],
  ["whose groups cannot be told", { ...KEYLESS, access: { groups: null, reason: "" } }],
])("a caller %s does not find it", (_who, caller) => {
  const remembered = createRememberedDocuments();
  const id = remembered.remember(KEYLESS, found("first"));
  expect(remembered.recall(caller, id)).toBeNull();
});

test("after an hour it is forgotten", () => {
  let now = 0;
  const remembered = createRememberedDocuments(() => now);
  const id = remembered.remember(KEYLESS, found("first"));
  now = HOUR_MS - 1;
  expect(remembered.recall(KEYLESS, id)).not.toBeNull();
  now = HOUR_MS;
  expect(remembered.recall(KEYLESS, id)).toBeNull();
});

test("of a document a bounded text is kept, what was found last first", () => {
  const remembered = createRememberedDocuments();
  const id = remembered.remember(KEYLESS, found("a".repeat(15_000)));
  remembered.remember(KEYLESS, found("b".repeat(15_000)));
  const { passages } = remembered.recall(KEYLESS, id) ?? found();
  expect(passages.map(({ content }) => content)).toEqual(["b".repeat(15_000), "a".repeat(5_000)]);
});
