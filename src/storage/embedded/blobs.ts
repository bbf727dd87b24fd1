import { createReadStream } from "node:fs";
import { access, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { ReadingViewOutline } from "../../protocol/documents.ts";
import type { Blobs } from "../storage.ts";

const FILE_ID = /^file-[A-Za-z0-9]+$/u;
const UNFINISHED = ".partial";

interface StoredOutline {
  outline: ReadingViewOutline;
  /** Byte offset in `view` where each part starts, and the end of the last one. */
  offsets: number[];
}

/**
 * A folder per file: `original`, and its reading view as `outline.json` + `view` (all parts one after the other).
 * Everything is written under another name, synced and renamed: a file that is there is whole.
 */
export async function openBlobs(folder: string): Promise<Blobs> {
  await mkdir(folder, { recursive: true });
  await removeUnfinished(folder);
  const path = (fileId: string, name: string): string => {
    if (!FILE_ID.test(fileId)) throw new Error("a file id never holds anything but letters and digits");
    return join(folder, fileId, name);
  };
  const outlineOf = async (fileId: string): Promise<StoredOutline | null> => {
    const text = await readFile(path(fileId, "outline.json"), "utf8").catch(ignoreMissing);
    // Written by `writeView` below.
    return text === null ? null : (JSON.parse(text) as StoredOutline);
  };

  return {
    localPath: (fileId) => path(fileId, "original"),
    async write(fileId, bytes) {
      await mkdir(join(folder, fileId), { recursive: true });
      try {
        return { bytes: await writeWhole(path(fileId, "original"), bytes) };
      } catch (error) {
        await rm(join(folder, fileId), { recursive: true, force: true });
        throw error;
      }
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
      await writeWhole(path(fileId, "view"), encoded);
      await writeWhole(path(fileId, "outline.json"), [Buffer.from(JSON.stringify({ outline, offsets }))]);
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

async function writeWhole(path: string, bytes: AsyncIterable<Uint8Array> | Uint8Array[]): Promise<number> {
  const unfinished = path + UNFINISHED;
  let written = 0;
  try {
    await using file = await open(unfinished, "w");
    for await (const piece of bytes) {
      await file.writeFile(piece);
      written += piece.byteLength;
    }
    await file.sync();
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await rename(unfinished, path);
  return written;
}

/** What a killed process was still writing. A folder without an original was an upload. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const fileId of await readdir(folder)) {
    const names = await readdir(join(folder, fileId)).catch(() => []);
    for (const name of names) {
      if (name.endsWith(UNFINISHED)) await rm(join(folder, fileId, name), { force: true });
    }
    if (!names.includes("original")) await rm(join(folder, fileId), { recursive: true, force: true });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
