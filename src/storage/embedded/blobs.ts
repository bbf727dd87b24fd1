import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { ReadingViewOutline } from "../../protocol/documents.ts";
import type { Blobs } from "../storage.ts";

const FILE_ID = /^file-[A-Za-z0-9]+$/u;
const UNFINISHED = ".unfinished";

interface StoredOutline {
  outline: ReadingViewOutline;
  /** Byte offset in `view` where each part starts, and the end of the last one. */
  offsets: number[];
}

/**
 * A folder per file: `original`, and its reading view as `outline.json` + `view` (all parts one after the other).
 * Everything is written elsewhere, synced and moved into place: a file that is there is whole.
 */
export async function openBlobs(folder: string): Promise<Blobs> {
  // What a killed process was still writing.
  await rm(join(folder, UNFINISHED), { recursive: true, force: true });
  await mkdir(join(folder, UNFINISHED), { recursive: true });
  const path = (fileId: string, name: string): string => {
    if (!FILE_ID.test(fileId))
      throw new Error("a file id never holds anything but letters and digits");
    return join(folder, fileId, name);
  };
  const writeWhole = async (
    fileId: string,
    { name, bytes }: { name: string; bytes: AsyncIterable<Uint8Array> | Uint8Array[] },
  ): Promise<number> => {
    const place = path(fileId, name);
    const unfinished = join(folder, UNFINISHED, randomUUID());
    try {
      const written = await writeSynced(unfinished, bytes);
      await mkdir(join(folder, fileId), { recursive: true });
      await rename(unfinished, place);
      return written;
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  };
  const outlineOf = async (fileId: string): Promise<StoredOutline | null> => {
    const text = await readFile(path(fileId, "outline.json"), "utf8").catch(ignoreMissing);
    // Written by `writeView` below.
    return text === null ? null : (JSON.parse(text) as StoredOutline);
  };

  return {
    localPath: (fileId) => path(fileId, "original"),
    async write(fileId, bytes) {
      return { bytes: await writeWhole(fileId, { name: "original", bytes }) };
    },
    async read(fileId, range) {
      const original = path(fileId, "original");
      const exists = await access(original).then(() => true, ignoreMissing);
      if (!exists) return null;
      return createReadStream(original, range ? { start: range.start, end: range.end } : {});
    },
    async delete(fileId) {
      await rm(path(fileId, ""), { recursive: true, force: true });
    },
    async writeView(fileId, { outline, parts }) {
      const encoded = parts.map((part) => Buffer.from(part));
      const offsets = [0];
      for (const part of encoded) offsets.push((offsets.at(-1) ?? 0) + part.length);
      await writeWhole(fileId, { name: "view", bytes: encoded });
      const stored: StoredOutline = { outline, offsets };
      await writeWhole(fileId, {
        name: "outline.json",
        bytes: [Buffer.from(JSON.stringify(stored))],
      });
    },
    async viewOutline(fileId) {
      return (await outlineOf(fileId))?.outline ?? null;
    },
    async viewPart(fileId, part) {
      const stored = await outlineOf(fileId);
      const start = stored?.offsets[part];
      const end = stored?.offsets[part + 1];
      if (start === undefined || end === undefined) return null;
      await using file = await open(path(fileId, "view"));
      const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      return buffer.toString("utf8");
    },
  };
}

async function writeSynced(
  path: string,
  bytes: AsyncIterable<Uint8Array> | Uint8Array[],
): Promise<number> {
  let written = 0;
  await using file = await open(path, "w");
  for await (const piece of bytes) {
    await file.writeFile(piece);
    written += piece.byteLength;
  }
  await file.sync();
  return written;
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
