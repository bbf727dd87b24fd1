import { mkdir } from "node:fs/promises";
import { Worker } from "node:worker_threads";

import { type Connection, connectMethods } from "../../../util/worker-rpc.ts";
import type { PassageIndex } from "../../storage.ts";
import type { PassageMethods } from "./worker.ts";

/**
 * One thread that writes, one that merges, and `readers` that search; each store is read by one of these, so that its
 * cache is kept once.
 */
export async function openPassages(
  folder: string,
  { readers, onError }: { readers: number; onError: (error: unknown) => void },
): Promise<PassageIndex & { close(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const writing = startThread(folder);
  const reading = Array.from({ length: Math.max(1, readers) }, () => startThread(folder));
  const merging = startThread(folder);
  const writer = writing.methods;
  const readerOf = (storeId: string): Connection<PassageMethods> =>
    reading[hash(storeId) % reading.length] ?? writing;
  /** How many drops of a store are under way: whoever opened it now would get in the way of removing its files. */
  const dropping = new Map<string, number>();
  let closing = false;

  /** Stores whose segments are being merged; true: something came in since. */
  const tidying = new Map<string, boolean>();
  /** Stores searched since the start: the first search makes up for merges that were due when the server ended. */
  const searched = new Set<string>();

  /** Behind the answer: whoever waits for a file need not wait for the housekeeping. */
  async function tidy(storeId: string): Promise<void> {
    const isRunning = tidying.has(storeId);
    tidying.set(storeId, true);
    if (isRunning) return;
    try {
      while (!closing && !dropping.has(storeId) && tidying.get(storeId)) {
        tidying.set(storeId, false);
        if (await merging.methods.mergeStep(storeId)) tidying.set(storeId, true);
      }
    } catch (error) {
      if (!closing) onError(error);
    } finally {
      tidying.delete(storeId);
    }
  }

  return {
    async putFile(storeId, file) {
      const stored = await writer.putFile(storeId, file);
      void tidy(storeId);
      return stored;
    },
    setAttributes: (storeId, fileId, attributes) =>
      writer.setAttributes(storeId, fileId, attributes),
    async deleteFile(storeId, fileId) {
      await writer.deleteFile(storeId, fileId);
      void tidy(storeId);
    },
    async drop(storeId) {
      dropping.set(storeId, (dropping.get(storeId) ?? 0) + 1);
      searched.delete(storeId);
      try {
        await readerOf(storeId).methods.closeStore(storeId);
        await merging.methods.closeStore(storeId);
        await writer.drop(storeId);
      } finally {
        const others = (dropping.get(storeId) ?? 1) - 1;
        if (others > 0) dropping.set(storeId, others);
        else dropping.delete(storeId);
      }
    },
    async search(storeId, { signal, ...query }) {
      if (dropping.has(storeId)) return [];
      if (!searched.has(storeId)) {
        searched.add(storeId);
        void tidy(storeId);
      }
      return readerOf(storeId).call("search", [storeId, query], signal);
    },
    async range(storeId, fileId, from, to) {
      if (dropping.has(storeId)) return [];
      return readerOf(storeId).methods.range(storeId, { fileId, from, to });
    },
    async chunks(storeId, fileId, { after, limit }) {
      if (dropping.has(storeId)) return { data: [], hasMore: false };
      return readerOf(storeId).methods.chunks(storeId, { fileId, after, limit });
    },
    async close() {
      closing = true;
      for (const thread of [writing, merging, ...reading]) await thread.close();
    },
  };
}

function startThread(folder: string): Connection<PassageMethods> {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return connectMethods<PassageMethods>(
    () => new Worker(new URL(`./worker.${suffix}`, import.meta.url), { workerData: { folder } }),
  );
}

function hash(text: string): number {
  return [...text].reduce((value, character) => (value * 31 + character.charCodeAt(0)) >>> 0, 7);
}
