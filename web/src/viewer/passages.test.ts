import { describe, expect, it } from "vitest";

import type { Anchor } from "../../../src/protocol/documents.ts";
import type { Citation } from "../../../src/protocol/events.ts";
import { passageOf, passagesOf } from "./passages.ts";

const citation = (more: Partial<Citation> = {}): Citation => ({
  content: "Before. The passage. After.",
  title: "Handbook",
  url: "/openai/v1/files/file-abc/content#page=3",
  filepath: "handbook.pdf",
  chunk_id: "0",
  ...more,
});
const view = (part: number, block: number, offset = 0): Anchor => ({
  kind: "view",
  part,
  start: { id: `b${block}`, offset },
  end: { id: `b${block}`, offset: offset + 5 },
  quote: "words",
});
const at = (anchor: Anchor | null, fileId = "file-abc"): Citation =>
  citation({
    x_groundwire: {
      file_id: fileId,
      page: null,
      heading_path: [],
      anchor,
      matched: null,
      relevance: 1,
    },
  });

describe("a passage of a citation", () => {
  it("is the matched words where they are told, else all of them", () => {
    const matched = { start: 8, end: 20 };
    const extension = { page: null, heading_path: [], anchor: null, matched, relevance: 1 };
    expect(passageOf(citation({ x_groundwire: extension })).quote).toBe("The passage.");
    expect(passageOf(citation()).quote).toBe("Before. The passage. After.");
  });

  it("has file and page from the address when there is no extension", () => {
    expect(passageOf(citation())).toMatchObject({ fileId: "file-abc", page: 3, link: null });
  });

  it("of a remote index has a link only to the web", () => {
    const remote = (url: string) => passageOf(citation({ url })).link;
    expect(remote("https://example.org/a")).toBe("https://example.org/a");
    expect(remote("javascript:alert(1)")).toBeNull();
  });
});

describe("passages of one document", () => {
  it("stand in the order of its text, numbers by value", () => {
    const cited = [
      at(view(1, 10)),
      at(view(1, 9)),
      at(view(0, 2, 40)),
      at(view(0, 2, 7)),
      at(view(0, 0), "file-x"),
    ];
    const passages = cited.map(passageOf);
    expect(passagesOf(passages, passages[0])).toEqual([3, 2, 1, 0]);
  });

  it("of a remote index are those with its name", () => {
    const remote = (filepath: string) =>
      passageOf(citation({ url: "https://example.org/", filepath, title: null }));
    const passages = [remote("a"), remote("b"), remote("a")];
    expect(passagesOf(passages, passages[0])).toEqual([0, 2]);
  });
});
