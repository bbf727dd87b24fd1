import { expect, test } from "vitest";

import { guessField } from "./guess-fields.ts";

test.each([
  ["content", ["text", "content", "title"], "content"],
  ["content", ["metadata.text", "text"], "text"],
  ["content", ["page_content", "id"], "page_content"],
  ["title", ["documentTitle", "name"], "documentTitle"],
  ["url", ["metadata.source_url"], "metadata.source_url"],
  ["filepath", ["metadata_storage_name", "source"], "metadata_storage_name"],
  ["chunkId", ["chunk-id"], "chunk-id"],
  ["vector", ["titleVector", "contentVector"], "contentVector"],
  ["vector", ["a", "b"], null],
] as const)("%s among %j is %s", (role, names, expected) => {
  expect(guessField(role, names)).toBe(expected);
});
