import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ChunkedDocument } from "../ingest/document.ts";
import { DEFAULT_CHUNKING } from "../ingest/document.ts";
import type { FileRecord, IngestJob, PassageHit, Storage } from "../storage/storage.ts";
import { testKeyRecords } from "./key-records-kit.ts";
import { testUsageRecords } from "./usage-records-kit.ts";
import { testResponseRecords } from "./response-records-kit.ts";
import { testSessionRecords } from "./session-records-kit.ts";

const A = "tenant-a";
const B = "tenant-b";
const LEASE = { leaseSeconds: 30 };

function fileRecord(id: string, tenant = A, more: Partial<FileRecord> = {}): FileRecord {
  return {
    id,
    tenant,
    filename: `${id}.md`,
    bytes: 10,
    purpose: "assistants",
    requestedPurpose: "file-search",
    mediaType: "text/markdown",
    createdAt: 1_000,
    expiresAt: null,
    ...more,
  };
}

/** One passage a text, two passages a chunk. */
function documentOf(texts: string[]): ChunkedDocument {
  const passages = texts.map((text, ordinal) => ({
    ordinal,
    text,
    joiner: ordinal === 0 ? "" : "\n",
    headingPath: [],
    page: null,
    label: "Lines 1–9",
    anchor: { kind: "text" as const, quote: text },
  }));
  const chunks = passages
    .filter(({ ordinal }) => ordinal % 2 === 0)
    .map(({ ordinal }, index) => ({
      ordinal: index,
      firstPassage: ordinal,
      lastPassage: Math.min(ordinal + 1, passages.length - 1),
      tokens: 10,
    }));
  return { title: null, language: "en", passages, chunks };
}

/** What every storage driver must do, in the words of `storage.ts`. `open` gives an empty one each time. */
export function testStorage(name: string, open: () => Promise<Storage>): void {
  describe(`storage: ${name}`, () => {
    let storage: Storage;
    beforeEach(async () => {
      storage = await open();
    });
    afterEach(async () => {
      await storage.close();
    });

    const addStore = (id: string, tenant = A): Promise<void> =>
      storage.vectorStores.create({
        id,
        tenant,
        name: id,
        description: null,
        metadata: { team: "quay" },
        createdAt: 1_000,
        lastActiveAt: 1_000,
        expiresAfterDays: null,
      });
    const attach = async (
      storeId: string,
      fileIds: string[],
      batchId: string | null = null,
    ): Promise<void> => {
      const attachments = fileIds.map((fileId) => ({
        fileId,
        chunking: DEFAULT_CHUNKING,
        attributes: { lang: "en" },
      }));
      await storage.vectorStores.attach(storeId, attachments, { batchId, tenant: A, now: 1_000 });
    };
    const claim = async (now = 1_000): Promise<IngestJob> => {
      const job = await storage.jobs.claim({ now, ...LEASE });
      if (!job) throw new Error("there is a job to claim");
      return job;
    };
    const put = (storeId: string, fileId: string, texts: string[], vectors?: Float32Array[]) =>
      storage.passages.putFile(storeId, {
        fileId,
        filename: `${fileId}.md`,
        attributes: { lang: fileId },
        document: documentOf(texts),
        ...(vectors ? { vectors } : {}),
      });
    const search = (storeId: string, text: string, more: object = {}): Promise<PassageHit[]> =>
      storage.passages.search(storeId, {
        text,
        limit: 10,
        signal: new AbortController().signal,
        ...more,
      });
    const found = async (storeId: string, text: string, more: object = {}): Promise<string[]> =>
      (await search(storeId, text, more)).map((hit) => `${hit.fileId}/${hit.passage.ordinal}`);

    describe("files", () => {
      it("gives a record back as it was, and to its tenant only", async () => {
        const file = fileRecord("file-1", A, { expiresAt: 5_000 });
        await storage.files.create(file);
        expect(await storage.files.get(A, "file-1")).toEqual(file);
        expect(await storage.files.get(B, "file-1")).toBeNull();
        expect((await storage.files.list(B, { limit: 10, order: "asc" })).data).toEqual([]);
        expect(await storage.files.delete(B, "file-1")).toBeNull();
        expect(await storage.files.exists("file-1")).toBe(true);
      });

      it("lists page by page in order of creation, also when all share a second", async () => {
        for (const id of ["file-1", "file-2", "file-3", "file-4"])
          await storage.files.create(fileRecord(id));
        const ids = async (query: object): Promise<[string[], boolean]> => {
          const page = await storage.files.list(A, { limit: 2, order: "asc", ...query });
          return [page.data.map(({ id }) => id), page.hasMore];
        };
        expect(await ids({})).toEqual([["file-1", "file-2"], true]);
        expect(await ids({ after: "file-2" })).toEqual([["file-3", "file-4"], false]);
        expect(await ids({ order: "desc" })).toEqual([["file-4", "file-3"], true]);
        expect(await ids({ order: "desc", after: "file-3" })).toEqual([
          ["file-2", "file-1"],
          false,
        ]);
        expect(await ids({ before: "file-3" })).toEqual([["file-1", "file-2"], false]);
        expect(await ids({ after: "file-unknown" })).toEqual([[], false]);
      });

      it("tells what is said of a file in every store it is in", async () => {
        await addStore("vs_1");
        await addStore("vs_2");
        await storage.files.create(fileRecord("file-1", A));
        expect(await storage.vectorStores.attributesOf("file-1")).toEqual([]);
        await attach("vs_1", ["file-1"]);
        await attach("vs_2", ["file-1"]);
        await storage.vectorStores.setAttributes("vs_2", "file-1", { lang: "it" });
        expect(await storage.vectorStores.attributesOf("file-1")).toEqual([
          { lang: "en" },
          { lang: "it" },
        ]);
      });

      it("names the stores a deleted file was in, and those whose time has passed", async () => {
        await addStore("vs_1");
        await storage.files.create(fileRecord("file-1", A, { expiresAt: 2_000 }));
        await attach("vs_1", ["file-1"]);
        expect(await storage.files.expired(1_999)).toEqual([]);
        expect(await storage.files.expired(2_000)).toEqual([{ tenant: A, id: "file-1" }]);
        expect(await storage.files.delete(A, "file-1")).toEqual({ vectorStoreIds: ["vs_1"] });
        expect(await storage.vectorStores.getFile("vs_1", "file-1")).toBeNull();
        expect(await storage.jobs.claim({ now: 1_000, ...LEASE })).toBeNull();
      });
    });

    describe("vector stores", () => {
      beforeEach(async () => {
        await addStore("vs_1");
        for (const id of ["file-1", "file-2", "file-3"]) await storage.files.create(fileRecord(id));
      });

      it("belong to a tenant", async () => {
        expect(await storage.vectorStores.get(B, "vs_1")).toBeNull();
        expect(await storage.vectorStores.update(B, "vs_1", { name: "stolen" })).toBeNull();
        expect(await storage.vectorStores.delete(B, "vs_1")).toBe(false);
        expect((await storage.vectorStores.get(A, "vs_1"))?.name).toBe("vs_1");
      });

      it("change only what is asked for", async () => {
        const changed = await storage.vectorStores.update(A, "vs_1", {
          name: "new",
          expiresAfterDays: 7,
        });
        expect(changed).toMatchObject({
          name: "new",
          expiresAfterDays: 7,
          metadata: { team: "quay" },
        });
        await storage.vectorStores.touch("vs_1", 9_000);
        expect((await storage.vectorStores.get(A, "vs_1"))?.lastActiveAt).toBe(9_000);
      });

      it("count their files by what has become of them", async () => {
        await attach("vs_1", ["file-1", "file-2", "file-3"]);
        expect(await storage.vectorStores.pendingFiles(["vs_1"])).toBe(3);
        await storage.jobs.finish(await claim(), { status: "completed", usageBytes: 70 });
        const error = { code: "invalid_file" as const, message: "The file is empty." };
        await storage.jobs.finish(await claim(), { status: "failed", error });
        expect(await storage.vectorStores.get(A, "vs_1")).toMatchObject({
          usageBytes: 70,
          fileCounts: { in_progress: 1, completed: 1, failed: 1, cancelled: 0, total: 3 },
        });
        expect((await storage.vectorStores.getFile("vs_1", "file-2"))?.lastError).toEqual(error);
        const failed = await storage.vectorStores.listFiles("vs_1", {
          limit: 10,
          order: "asc",
          status: "failed",
        });
        expect(failed.data.map(({ fileId }) => fileId)).toEqual(["file-2"]);
      });

      it("take a file anew when it is attached again: the older job is not heard any more", async () => {
        await attach("vs_1", ["file-1"]);
        const old = await claim();
        await attach("vs_1", ["file-1"]);
        expect(await storage.jobs.renew(old, { now: 1_000, ...LEASE, stage: "extract" })).toBe(
          false,
        );
        expect(await storage.jobs.finish(old, { status: "completed", usageBytes: 1 })).toBe(false);
        expect((await storage.vectorStores.getFile("vs_1", "file-1"))?.status).toBe("in_progress");
        expect((await claim()).id).not.toBe(old.id);
      });

      it("end a batch as cancelled without touching what was done", async () => {
        await attach("vs_1", ["file-1", "file-2"], "vsfb_1");
        await storage.jobs.finish(await claim(), { status: "completed", usageBytes: 1 });
        const running = await claim();
        expect(await storage.vectorStores.cancelBatch("vs_1", "vsfb_1")).toMatchObject({
          status: "cancelled",
          fileCounts: { completed: 1, cancelled: 1, total: 2 },
        });
        expect(await storage.jobs.renew(running, { now: 1_000, ...LEASE, stage: "embed" })).toBe(
          false,
        );
        expect(await storage.vectorStores.getBatch("vs_1", "vsfb_2")).toBeNull();
      });

      it("cancel nothing when the batch is another store's", async () => {
        await addStore("vs_2");
        await attach("vs_2", ["file-1"], "vsfb_2");
        await attach("vs_1", ["file-1"]);
        expect(await storage.vectorStores.cancelBatch("vs_1", "vsfb_2")).toBeNull();
        expect(await storage.vectorStores.pendingFiles(["vs_1", "vs_2"])).toBe(2);
        expect([(await claim()).fileId, (await claim()).fileId]).toEqual(["file-1", "file-1"]);
      });

      it("list on from a file that has left the filter meanwhile", async () => {
        await attach("vs_1", ["file-1", "file-2", "file-3"]);
        await storage.jobs.finish(await claim(), { status: "completed", usageBytes: 1 });
        const page = await storage.vectorStores.listFiles("vs_1", {
          limit: 10,
          order: "asc",
          status: "in_progress",
          after: "file-1",
        });
        expect(page.data.map(({ fileId }) => fileId)).toEqual(["file-2", "file-3"]);
      });

      it("are as they were when attaching fails half way", async () => {
        await expect(attach("vs_1", ["file-1", "file-unknown"], "vsfb_1")).rejects.toMatchObject({
          code: "not_found",
        });
        expect((await storage.vectorStores.get(A, "vs_1"))?.fileCounts.total).toBe(0);
        expect(await storage.vectorStores.getBatch("vs_1", "vsfb_1")).toBeNull();
        expect(await storage.jobs.claim({ now: 1_000, ...LEASE })).toBeNull();
      });

      it("answer the rows of an attachment in the given order", async () => {
        const ids = ["file-3", "file-1", "file-2"];
        const rows = await storage.vectorStores.attach(
          "vs_1",
          ids.map((fileId) => ({ fileId, chunking: DEFAULT_CHUNKING, attributes: {} })),
          { batchId: null, tenant: A, now: 1_000 },
        );
        expect(rows.map(({ fileId, status }) => [fileId, status])).toEqual(
          ids.map((fileId) => [fileId, "in_progress"]),
        );
      });

      it("drop the waiting job of a detached file", async () => {
        await attach("vs_1", ["file-1", "file-2"]);
        expect(await storage.vectorStores.detach("vs_1", "file-1")).toBe(true);
        expect(await storage.vectorStores.detach("vs_1", "file-1")).toBe(false);
        expect((await claim()).fileId).toBe("file-2");
        expect(await storage.jobs.claim({ now: 1_000, ...LEASE })).toBeNull();
      });

      it("forget files and jobs with the store", async () => {
        await attach("vs_1", ["file-1"]);
        expect(await storage.vectorStores.delete(A, "vs_1")).toBe(true);
        expect(await storage.jobs.claim({ now: 1_000, ...LEASE })).toBeNull();
        expect(await storage.files.get(A, "file-1")).not.toBeNull();
      });
    });

    describe("jobs", () => {
      beforeEach(async () => {
        await addStore("vs_1");
        await addStore("vs_2", B);
        for (const id of ["file-1", "file-2", "file-3"]) await storage.files.create(fileRecord(id));
        await storage.files.create(fileRecord("file-4", B));
      });

      it("are held by one worker until the lease runs out", async () => {
        await attach("vs_1", ["file-1"]);
        const first = await claim(1_000);
        expect(await storage.jobs.claim({ now: 1_030 - 1, ...LEASE })).toBeNull();
        expect(await storage.jobs.renew(first, { now: 1_020, ...LEASE, stage: "embed" })).toBe(
          true,
        );
        expect((await storage.vectorStores.getFile("vs_1", "file-1"))?.stage).toBe("embed");
        const second = await claim(1_050);
        expect(second).toMatchObject({ id: first.id, attempts: 2 });
        expect(await storage.jobs.finish(first, { status: "completed", usageBytes: 1 })).toBe(
          false,
        );
        expect(await storage.jobs.finish(second, { status: "completed", usageBytes: 1 })).toBe(
          true,
        );
      });

      it("go round among tenants", async () => {
        await attach("vs_1", ["file-1", "file-2", "file-3"]);
        await storage.vectorStores.attach(
          "vs_2",
          [{ fileId: "file-4", chunking: DEFAULT_CHUNKING, attributes: {} }],
          { batchId: null, tenant: B, now: 1_000 },
        );
        expect([(await claim()).fileId, (await claim()).fileId]).toEqual(["file-1", "file-4"]);
      });

      it("are given up when they have brought their worker down too often", async () => {
        await attach("vs_1", ["file-1"]);
        let now = 1_000;
        for (let attempt = 0; attempt < 5; attempt++, now += 60) await claim(now);
        expect(await storage.jobs.claim({ now, ...LEASE })).toBeNull();
        expect(await storage.vectorStores.getFile("vs_1", "file-1")).toMatchObject({
          status: "failed",
          lastError: { code: "server_error" },
        });
      });

      it("are given up one after the other without holding up the next", async () => {
        await attach("vs_1", ["file-1", "file-2", "file-3"]);
        let now = 1_000;
        for (let attempt = 0; attempt < 5; attempt++, now += 60) {
          await claim(now);
          await claim(now);
        }
        expect((await claim(now)).fileId).toBe("file-3");
        const { fileCounts } = (await storage.vectorStores.get(A, "vs_1")) ?? {};
        expect(fileCounts).toMatchObject({ failed: 2, in_progress: 1, total: 3 });
      });

      it("let a tenant whose lease ran out count as idle again", async () => {
        await attach("vs_1", ["file-1", "file-2"]);
        await storage.vectorStores.attach(
          "vs_2",
          [{ fileId: "file-4", chunking: DEFAULT_CHUNKING, attributes: {} }],
          { batchId: null, tenant: B, now: 1_000 },
        );
        await claim(1_000);
        expect((await claim(1_060)).fileId).toBe("file-1");
      });

      it("are never given to two at once", async () => {
        await attach("vs_1", ["file-1", "file-2", "file-3"]);
        const claims = await Promise.all(
          Array.from({ length: 8 }, () => storage.jobs.claim({ now: 1_000, ...LEASE })),
        );
        const ids = claims.flatMap((job) => job?.fileId ?? []);
        expect(ids.toSorted()).toEqual(["file-1", "file-2", "file-3"]);
      });

      it("are all free again after a crash of the only process", async () => {
        await attach("vs_1", ["file-1"]);
        await claim();
        expect(await storage.jobs.releaseAll()).toBe(1);
        expect((await claim()).fileId).toBe("file-1");
      });
    });

    testKeyRecords(() => storage.keys);
    testUsageRecords(() => storage.usage);
    testResponseRecords(() => storage.responses);
    testSessionRecords(() => storage.sessions);

    describe("passages", () => {
      it("are found as soon as the file is put, with chunk, attributes and place", async () => {
        await put("vs_1", "file-1", ["The crane lifts 42 tonnes.", "Gate 3 opens at six."]);
        const [hit] = await search("vs_1", "How much does the crane lift?");
        expect(hit).toMatchObject({
          fileId: "file-1",
          attributes: { lang: "file-1" },
          passage: { ordinal: 0, text: "The crane lifts 42 tonnes.", anchor: { kind: "text" } },
          chunk: { ordinal: 0, firstPassage: 0, lastPassage: 1 },
          vectorScore: null,
        });
        expect(await search("vs_unknown", "crane")).toEqual([]);
      });

      it("obey a filter, and an attribute that was changed", async () => {
        await put("vs_1", "file-1", ["The crane is yellow."]);
        await put("vs_1", "file-2", ["The crane is blue."]);
        const filter = { type: "eq", key: "lang", value: "file-2" };
        expect(await found("vs_1", "crane", { filter })).toEqual(["file-2/0"]);
        await storage.passages.setAttributes("vs_1", "file-2", { lang: "other" });
        expect(await found("vs_1", "crane", { filter })).toEqual([]);
      });

      it("come alone, or widened for reading by neighbours of their chunk with no text twice", async () => {
        await put("vs_1", "file-1", [
          "The crane is yellow.",
          "It was built for the new crane berth.",
          "Gate 3 opens at six.",
          "Nobody may stand under a crane.",
        ]);
        const windows = async (options?: object): Promise<number[][]> =>
          (await search("vs_1", "crane", options)).map((hit) =>
            hit.window.map(({ ordinal }) => ordinal),
          );
        expect((await windows()).toSorted()).toEqual([[0], [1], [3]]);
        const reading = { neighbours: 2, length: 1_000 };
        expect((await windows({ reading })).toSorted()).toEqual([
          [0, 1],
          [2, 3],
        ]);
        expect(await windows({ reading, limit: 1 })).toHaveLength(1);
        expect(await windows({ reading: { neighbours: 2, length: 10 } })).toHaveLength(3);
      });

      it("rank as in a fresh store after files were replaced and deleted, and after merges", async () => {
        const text = (index: number, version: number): string[] => [
          `Berth ${index} takes ships of ${index * 7 + version} metres.`,
          `The crane of berth ${index} lifts ${index + version} tonnes${index % 3 === 0 ? " in strong wind" : ""}.`,
        ];
        for (let index = 0; index < 40; index++)
          await put("vs_old", `file-${index}`, text(index, 1));
        for (let index = 0; index < 40; index += 2)
          await put("vs_old", `file-${index}`, text(index, 2));
        for (let index = 0; index < 40; index += 5)
          await storage.passages.deleteFile("vs_old", `file-${index}`);
        for (let index = 0; index < 40; index++) {
          if (index % 5 !== 0)
            await put("vs_new", `file-${index}`, text(index, index % 2 === 0 ? 2 : 1));
        }
        const question = "Which crane lifts 14 tonnes in strong wind?";
        const scores = async (storeId: string): Promise<[string, string][]> =>
          (await search(storeId, question, { limit: 50 }))
            .map((hit): [string, string] => [
              `${hit.fileId}/${hit.passage.ordinal}`,
              hit.score.toFixed(6),
            ])
            .toSorted();
        expect(await scores("vs_old")).toEqual(await scores("vs_new"));
        expect((await scores("vs_new")).length).toBeGreaterThan(20);
      });

      it("add a dense leg when the query has a vector", async () => {
        const vectors = [Float32Array.of(1, 0), Float32Array.of(0, 2)];
        await put("vs_1", "file-1", ["Nothing in common.", "Quite something else."], vectors);
        expect(await found("vs_1", "unrelated words")).toEqual([]);
        const hits = await search("vs_1", "unrelated words", { vector: Float32Array.of(0, 1) });
        expect(hits[0]).toMatchObject({ passage: { ordinal: 1 }, vectorScore: 1, lexicalScore: 0 });
        expect(
          await found("vs_1", "unrelated words", { vector: Float32Array.of(1, 0, 0) }),
        ).toEqual([]);
      });

      it("read a file back by passages and by chunks", async () => {
        await put("vs_1", "file-1", ["one", "two", "three", "four", "five"]);
        const texts = async (from: number, to: number): Promise<string[]> =>
          (await storage.passages.range("vs_1", "file-1", from, to)).map(({ text }) => text);
        expect(await texts(1, 2)).toEqual(["two", "three"]);
        expect(await texts(3, 99)).toEqual(["four", "five"]);
        expect(
          await storage.passages.chunks("vs_1", "file-1", { after: 0, limit: 1 }),
        ).toMatchObject({
          data: [{ ordinal: 1, firstPassage: 2 }],
          hasMore: true,
        });
      });

      it("are gone with their store", async () => {
        await put("vs_1", "file-1", ["The crane lifts 42 tonnes."]);
        await storage.passages.drop("vs_1");
        expect(await found("vs_1", "crane")).toEqual([]);
        await put("vs_1", "file-2", ["A new crane."]);
        expect(await found("vs_1", "crane")).toEqual(["file-2/0"]);
      });

      it("refuse an id that could be a path", async () => {
        await expect(put("../vs_1", "file-1", ["text"])).rejects.toThrow();
      });
    });

    describe("blobs", () => {
      async function* bytes(...pieces: string[]): AsyncGenerator<Uint8Array> {
        for (const piece of pieces) yield Buffer.from(piece);
      }
      const read = async (
        fileId: string,
        range?: { start: number; end: number },
      ): Promise<string | null> => {
        const stream = await storage.blobs.read(fileId, range);
        if (stream === null) return null;
        let text = "";
        for await (const piece of stream) text += String(piece);
        return text;
      };

      it("are read back whole or in part", async () => {
        expect(await storage.blobs.write("file-1", bytes("abc", "def"))).toEqual({ bytes: 6 });
        expect(await read("file-1")).toBe("abcdef");
        expect(await read("file-1", { start: 1, end: 3 })).toBe("bcd");
        await storage.blobs.delete("file-1");
        expect(await read("file-1")).toBeNull();
      });

      it("leave nothing behind when the upload breaks off", async () => {
        async function* broken(): AsyncGenerator<Uint8Array> {
          yield Buffer.from("abc");
          throw new Error("gone");
        }
        await expect(storage.blobs.write("file-1", broken())).rejects.toThrow("gone");
        expect(await read("file-1")).toBeNull();
      });

      it("keep a reading view part by part", async () => {
        const outline = { kind: "text" as const, title: "Ü", render: "html" as const, parts: [] };
        await storage.blobs.writeView("file-1", { outline, parts: ["<p>ä</p>", "", "<p>€</p>"] });
        expect(await storage.blobs.viewOutline("file-1")).toEqual(outline);
        expect([
          await storage.blobs.viewPart("file-1", 0),
          await storage.blobs.viewPart("file-1", 2),
        ]).toEqual(["<p>ä</p>", "<p>€</p>"]);
        expect(await storage.blobs.viewPart("file-1", 3)).toBeNull();
        expect(await storage.blobs.viewOutline("file-2")).toBeNull();
      });
    });
  });
}
