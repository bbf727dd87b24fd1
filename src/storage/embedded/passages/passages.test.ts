import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, expect, it } from "vitest";

import type { ChunkedDocument } from "../../../ingest/document.ts";
import { createAnalyzer } from "../../../search/analysis/analyze.ts";
import type { PassageHit } from "../../storage.ts";
import { openDatabase, sqlOf } from "../database.ts";
import { openPassages } from "./passages.ts";
import { PASSAGES_MIGRATIONS } from "./schema.ts";
import { putFile } from "./writer.ts";

let parent: string;
let folder: string;
let failures: unknown[];
let passages: Awaited<ReturnType<typeof openPassages>>;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "groundwire-passages-"));
  folder = join(parent, "stores");
  failures = [];
  passages = await openPassages(folder, { readers: 1, onError: (error) => failures.push(error) });
});
afterEach(async () => {
  await passages.close();
  await rm(parent, { recursive: true, force: true });
});

function documentOf(texts: string[]): ChunkedDocument {
  return {
    title: null,
    language: "en",
    passages: texts.map((text, ordinal) => ({
      ordinal,
      text,
      joiner: "",
      headingPath: [],
      page: null,
      label: "Lines 1–9",
      anchor: { kind: "text", quote: text },
    })),
    chunks: texts.map((_, ordinal) => ({
      ordinal,
      firstPassage: ordinal,
      lastPassage: ordinal,
      tokens: 3,
    })),
  };
}

const put = (storeId: string, fileId: string, texts: string[]) =>
  passages.putFile(storeId, {
    fileId,
    filename: fileId,
    attributes: { part: fileId },
    document: documentOf(texts),
  });
const search = (storeId: string, text: string, more: object = {}): Promise<PassageHit[]> =>
  passages.search(storeId, {
    text,
    limit: 500,
    signal: new AbortController().signal,
    ...more,
  });

it("never hides a stored file from a search while others are put, replaced and merged", async () => {
  await put("vs_1", "file-anchor", ["The anchor stays.", "The anchor holds."]);
  let writing = true;
  const writes = (async () => {
    for (let index = 0; index < 120; index++)
      await put("vs_1", `file-${index % 30}`, [`Berth ${index}.`, `Crane ${index}.`]);
    writing = false;
  })();
  let searches = 0;
  while (writing) {
    const hits = await search("vs_1", "anchor");
    expect(hits.map(({ fileId }) => fileId)).toEqual(["file-anchor", "file-anchor"]);
    searches++;
  }
  await writes;
  expect(searches).toBeGreaterThan(20);
});

it("shows all passages of a file or none, also while it is being replaced", async () => {
  const version = (mark: string): string[] =>
    Array.from({ length: 40 }, (_, index) => `Tide ${mark} ${index}.`);
  let writing = true;
  const writes = (async () => {
    for (let index = 0; index < 40; index++)
      await put("vs_1", "file-1", version(`mark${index % 2}`));
    writing = false;
  })();
  const seen = new Set<string>();
  while (writing) {
    const marks = (await search("vs_1", "tide")).map(({ passage }) => passage.text.split(" ")[1]);
    expect([0, 40]).toContain(marks.length);
    expect(new Set(marks).size).toBeLessThanOrEqual(1);
    for (const mark of marks) seen.add(mark ?? "");
  }
  await writes;
  expect(seen.size).toBeGreaterThan(0);
});

it("can be searched while its database is only just being made", async () => {
  for (let round = 0; round < 100; round++) {
    const storeId = `vs_new${round}`;
    const written = put(storeId, "file-1", ["The crane lifts."]);
    const early = await Promise.all(Array.from({ length: 10 }, () => search(storeId, "crane")));
    for (const hits of early) expect([0, 1]).toContain(hits.length);
    await written;
    expect(await search(storeId, "crane")).toHaveLength(1);
  }
});

it("answers nothing from a dropped store and leaves no file, although searches were under way", async () => {
  for (let round = 0; round < 20; round++) {
    const storeId = `vs_${round}`;
    await put(storeId, "file-1", ["The crane lifts."]);
    const under = Array.from({ length: 5 }, () => search(storeId, "crane"));
    const dropped = passages.drop(storeId);
    under.push(...Array.from({ length: 20 }, () => search(storeId, "crane")));
    await dropped;
    expect(await search(storeId, "crane")).toEqual([]);
    await Promise.all(under);
    expect(await readdir(folder)).toEqual([]);
  }
});

const segments = (): number => {
  using database = new DatabaseSync(join(folder, "vs_1.sqlite"), { readOnly: true });
  return Number(database.prepare("SELECT count(*) AS n FROM segments").get()?.["n"]);
};

it("leaves no more than a few segments to search however many files were put", async () => {
  for (let index = 0; index < 100; index++) await put("vs_1", `file-${index}`, [`Crane ${index}.`]);
  // Merging is done behind the answers; closing waits for the step under way.
  await expect.poll(segments).toBeLessThanOrEqual(16);
  expect(await search("vs_1", "crane")).toHaveLength(100);
  expect(failures).toEqual([]);
});

it("merges after the first search what was left to merge when the server ended", async () => {
  {
    using database = openDatabase(join(folder, "vs_1.sqlite"), {
      durability: "FULL",
      migrations: PASSAGES_MIGRATIONS,
    });
    const analyzer = createAnalyzer();
    for (let index = 0; index < 40; index++) {
      const document = documentOf([`Crane ${index}.`]);
      const file = { fileId: `file-${index}`, filename: "a.md", attributes: {}, document };
      putFile(sqlOf(database), file, analyzer);
    }
  }
  expect(segments()).toBe(40);
  expect(await search("vs_1", "crane")).toHaveLength(40);
  await expect.poll(segments).toBeLessThanOrEqual(16);
  expect(failures).toEqual([]);
});

it.each(["../vs_1", "vs_../../x", "vs_", "vs_a/b", "vs_1\0", ""])(
  "takes the id %j for no store, and makes no file of it",
  async (storeId) => {
    await writeFile(join(parent, "vs_1.sqlite"), "");
    expect(await search(storeId, "crane")).toEqual([]);
    expect(await passages.range(storeId, "file-1", 0, 9)).toEqual([]);
    await passages.deleteFile(storeId, "file-1");
    await passages.drop(storeId);
    await expect(put(storeId, "file-1", ["text"])).rejects.toMatchObject({ code: "invalid_value" });
    expect((await readdir(parent)).toSorted()).toEqual(["stores", "vs_1.sqlite"]);
    expect(await readdir(folder)).toEqual([]);
  },
);

it("filters the dense leg by file, also when the allowed files lie apart", async () => {
  const vector = Float32Array.of(1, 0);
  for (let index = 0; index < 9; index++) {
    await passages.putFile("vs_1", {
      fileId: `file-${index}`,
      filename: "a",
      attributes: { keep: index % 4 === 0 || index === 5 },
      document: documentOf(["nothing", "else"]),
      vectors: [vector, vector],
    });
  }
  const filter = { type: "eq", key: "keep", value: true };
  const hits = await search("vs_1", "unrelated", { filter, vector });
  expect(hits.map(({ fileId, passage }) => `${fileId}/${passage.ordinal}`).toSorted()).toEqual([
    "file-0/0",
    "file-0/1",
    "file-4/0",
    "file-4/1",
    "file-5/0",
    "file-5/1",
    "file-8/0",
    "file-8/1",
  ]);
});
