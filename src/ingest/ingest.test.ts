import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";

import { openEmbeddedStorage } from "../storage/embedded/embedded.ts";
import type { IngestJob, Storage } from "../storage/storage.ts";
import { chunkDocument } from "./chunk.ts";
import { DEFAULT_CHUNKING } from "./document.ts";
import { invalidFile } from "./extract/input.ts";
import { type DocumentReader, ingestFile } from "./ingest.ts";

const TEXT = "The crane lifts 42 tonnes.";
const NEVER = new AbortController().signal;
const logger = pino({ level: "silent" });

let folder: string;
let storage: Storage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-ingest-"));
  storage = await openEmbeddedStorage({ dataDir: folder });
  await storage.files.create({
    id: "file-1",
    tenant: "a",
    filename: "crane.txt",
    bytes: TEXT.length,
    purpose: "assistants",
    requestedPurpose: "assistants",
    mediaType: "text/plain",
    createdAt: 1,
    expiresAt: null,
  });
  await storage.vectorStores.create({
    id: "vs_1",
    tenant: "a",
    name: null,
    description: null,
    metadata: {},
    createdAt: 1,
    lastActiveAt: 1,
    expiresAfterDays: null,
  });
  const attachment = { fileId: "file-1", chunking: DEFAULT_CHUNKING, attributes: {} };
  await storage.vectorStores.attach("vs_1", [attachment], { batchId: null, tenant: "a", now: 1 });
});
afterEach(async () => {
  await storage.close();
  await rm(folder, { recursive: true, force: true });
});

const reader: DocumentReader = {
  async extractAndChunk(_path, strategy) {
    const block = {
      id: "b0",
      kind: "paragraph" as const,
      start: 0,
      end: TEXT.length,
      headingPath: [],
    };
    const parts = [{ label: "Lines 1–1", page: null, text: TEXT, blocks: [block] }];
    const outline = { kind: "text" as const, title: null, render: "html" as const, parts: [] };
    return {
      view: { outline, parts: [TEXT] },
      document: chunkDocument({ kind: "text", title: null, parts }, strategy),
    };
  },
};

async function claim(): Promise<IngestJob> {
  const job = await storage.jobs.claim({ now: 1, leaseSeconds: 30 });
  if (!job) throw new Error("there is a job");
  return job;
}

async function run(
  changes: { reader?: DocumentReader; storage?: Storage; stopping?: AbortSignal } = {},
): Promise<void> {
  const dependencies = { storage, reader, embeddings: null, logger, now: () => 1, ...changes };
  await ingestFile(await claim(), dependencies, changes.stopping ?? NEVER);
}

const found = () => storage.passages.search("vs_1", { text: "crane", limit: 5, signal: NEVER });
const row = () => storage.vectorStores.getFile("vs_1", "file-1");

it("ends completed, searchable and with its reading view", async () => {
  await run();
  expect(await row()).toMatchObject({ status: "completed", stage: "done" });
  expect((await row())?.usageBytes).toBeGreaterThan(0);
  expect(await found()).toHaveLength(1);
  expect(await storage.blobs.viewPart("file-1", 0)).toBe(TEXT);
});

it.each([
  [
    "what is wrong with the file",
    invalidFile("The file is empty."),
    { code: "invalid_file", message: "The file is empty." },
  ],
  [
    "no detail of a fault of ours",
    new Error("secret path /etc"),
    { code: "server_error", message: expect.not.stringContaining("secret") },
  ],
])("ends failed with %s", async (_name, error, lastError) => {
  await run({ reader: { extractAndChunk: () => Promise.reject(error) } });
  expect(await row()).toMatchObject({ status: "failed", lastError });
  expect(await found()).toEqual([]);
});

it("stays a job when the server stops meanwhile", async () => {
  const stop = new AbortController();
  const stopping: DocumentReader = {
    extractAndChunk: async (...args) => {
      stop.abort(new Error("stopping"));
      return reader.extractAndChunk(...args);
    },
  };
  await run({ reader: stopping, stopping: stop.signal });
  expect(await row()).toMatchObject({ status: "in_progress" });
  await storage.jobs.releaseAll();
  await run();
  expect(await row()).toMatchObject({ status: "completed" });
});

it.each<[string, () => Promise<unknown>]>([
  ["detached", () => storage.vectorStores.detach("vs_1", "file-1")],
  ["deleted", () => storage.files.delete("a", "file-1")],
  ["deleted with its store", () => storage.vectorStores.delete("a", "vs_1")],
])(
  "leaves nothing to be found when the file is %s while it is being indexed",
  async (_name, remove) => {
    const meanwhile: Storage = {
      ...storage,
      passages: {
        ...storage.passages,
        putFile: async (...args) => {
          await remove();
          return storage.passages.putFile(...args);
        },
      },
    };
    await run({ storage: meanwhile });
    expect(await found()).toEqual([]);
  },
);
