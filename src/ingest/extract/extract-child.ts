import { readFile } from "node:fs/promises";

import { chunkDocument } from "../chunk.ts";
import type { ChunkingStrategy } from "../document.ts";
import { extractBytes } from "./formats.ts";
import { ExtractError, type ExtractLimits } from "./input.ts";
import { viewOf } from "./view.ts";

/** What the parent asks for, one document at a time. */
export interface ExtractTask {
  path: string;
  filename: string;
  mediaType: string;
  limits: ExtractLimits;
  /** Null: the document itself is wanted, not its chunks. */
  strategy: ChunkingStrategy | null;
}

/**
 * A result comes as its long lists in slices, each under its path, and then the rest: receiving a large document never
 * holds the parent up.
 */
export type ExtractMessage =
  | { type: "items"; list: string; items: unknown[] }
  | { type: "done"; head: Record<string, unknown> }
  | { type: "failed"; code: ExtractError["code"] | null; message: string };

/** A part with its reading view has at most about 100 KB, so a slice is received in a few milliseconds. */
const SLICE = 16;

// A Ctrl-C or a service manager signals every process of the group. The parent decides when this one ends: it finishes
// or gives back its jobs first, and a file must not fail because the server was stopped.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit());

process.on("message", (task: ExtractTask) => {
  void run(task);
});

async function run({ path, strategy, ...input }: ExtractTask): Promise<void> {
  try {
    const document = await extractBytes({ ...input, bytes: await bytesOf(path) });
    if (strategy) {
      const { outline, parts } = viewOf(document);
      const { passages, chunks, ...rest } = chunkDocument(document, strategy);
      await sendItems("view.parts", parts);
      await sendItems("document.passages", passages);
      await sendItems("document.chunks", chunks);
      await send({
        type: "done",
        head: { view: { outline, parts: [] }, document: { ...rest, passages: [], chunks: [] } },
      });
    } else {
      const { parts, ...rest } = document;
      await sendItems("parts", parts);
      await send({ type: "done", head: { ...rest, parts: [] } });
    }
  } catch (error) {
    const code = error instanceof ExtractError ? error.code : null;
    await send({
      type: "failed",
      code,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new ExtractError("server_error", "The file's bytes could not be read from the disk.", {
      cause: error,
    });
  }
}

async function sendItems(list: string, items: unknown[]): Promise<void> {
  for (let at = 0; at < items.length; at += SLICE) {
    await send({ type: "items", list, items: items.slice(at, at + SLICE) });
  }
}

function send(message: ExtractMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
