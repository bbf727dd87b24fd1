import { expect, it } from "vitest";

import type { ChunkBody } from "../store-requests.ts";
import { passagesOfChunks } from "./passage-pages.ts";

const passage = (block: number): ChunkBody["passages"][number] => ({
  text: "the same words",
  page: null,
  label: "Document",
  heading_path: [],
  anchor: {
    kind: "view",
    part: 0,
    start: { id: `b${block}`, offset: 0 },
    end: { id: `b${block}`, offset: 14 },
    quote: "the same words",
  },
});

it("passages that chunks share are listed once, in the order of the text, equal words at other places too", () => {
  const chunks = [
    { chunk_id: "0", passages: [passage(0), passage(1)] },
    { chunk_id: "1", passages: [passage(1), passage(2)] },
  ];
  const listed = passagesOfChunks(chunks, { fileId: "file-1", filename: "a.md" });
  expect(listed.map(({ anchor }) => anchor?.kind === "view" && anchor.start.id)).toEqual([
    "b0",
    "b1",
    "b2",
  ]);
});
