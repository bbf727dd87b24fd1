import { mkdir } from "node:fs/promises";
import { Worker } from "node:worker_threads";

import { connectMethods, type Remote } from "../../../util/worker-rpc.ts";
import type { PassageIndex } from "../../storage.ts";
import type { PassageMethods } from "./worker.ts";

/** One thread that writes and `readers` that search; each store is read by one of them, so that its cache is kept once. */
export async function openPassages(
  folder: string,
  { readers, onError }: { readers: number; onError: (error: unknown) => void },
): Promise<PassageIndex & { close(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const connections = Array.from({ length: readers + 1 }, () => startWorker(folder));
  const [writer, ...reading] = connections.map(({ methods }) => methods);
  if (!writer) throw new Error("there is always a writer");
  const readerOf = (storeId: string): Remote<PassageMethods> =>
    reading[hash(storeId) % reading.length] ?? writer;
  /** Behind the answer: whoever waits for the file need not wait for the housekeeping. */
  const tidy = (storeId: string): void => void writer.merge(storeId).catch(onError);

  return {
    async putFile(storeId, file) {
      const stored = await writer.putFile(storeId, file);
      tidy(storeId);
      return stored;
    },
    setAttributes: (storeId, fileId, attributes) =>
      writer.setAttributes(storeId, fileId, attributes),
    async deleteFile(storeId, fileId) {
      await writer.deleteFile(storeId, fileId);
      tidy(storeId);
    },
    async drop(storeId) {
      await readerOf(storeId).closeStore(storeId);
      await writer.drop(storeId);
    },
    async search(storeId, { signal, ...query }) {
      signal.throwIfAborted();
      const hits = await readerOf(storeId).search(storeId, query);
      signal.throwIfAborted();
      return hits;
    },
    range: (storeId, fileId, from, to) => readerOf(storeId).range(storeId, { fileId, from, to }),
    chunks: (storeId, fileId, { after, limit }) =>
      readerOf(storeId).chunks(storeId, { fileId, after, limit }),
    async close() {
      for (const connection of connections) {
        await connection.methods.close();
        await connection.close();
      }
    },
  };
}

function startWorker(folder: string): ReturnType<typeof connectMethods<PassageMethods>> {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return connectMethods<PassageMethods>(
    new Worker(new URL(`./worker.${suffix}`, import.meta.url), { workerData: { folder } }),
  );
}

function hash(text: string): number {
  return [...text].reduce((value, character) => (value * 31 + character.charCodeAt(0)) >>> 0, 7);
}
