import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, it } from "vitest";

import { testStorage } from "../../testing/storage-kit.ts";
import { openEmbeddedStorage } from "./embedded.ts";

const folders: string[] = [];
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "groundwire-storage-"));
  folders.push(folder);
  return folder;
}
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

testStorage("embedded", async () => openEmbeddedStorage({ dataDir: await newFolder() }));

it("keeps everything over a restart", async () => {
  const dataDir = await newFolder();
  const first = await openEmbeddedStorage({ dataDir });
  const document = {
    title: null,
    language: "en",
    passages: [
      {
        ordinal: 0,
        text: "The crane lifts.",
        joiner: "",
        headingPath: [],
        page: 3,
        label: "Page 3",
        anchor: { kind: "text" as const, quote: "" },
      },
    ],
    chunks: [{ ordinal: 0, firstPassage: 0, lastPassage: 0, tokens: 4 }],
  };
  await first.passages.putFile("vs_1", {
    fileId: "file-1",
    filename: "a.pdf",
    attributes: {},
    document,
  });
  await first.close();
  const second = await openEmbeddedStorage({ dataDir });
  const hits = await second.passages.search("vs_1", {
    text: "crane",
    limit: 5,
    signal: new AbortController().signal,
  });
  expect(hits.map(({ passage }) => passage.page)).toEqual([3]);
  await second.close();
});
