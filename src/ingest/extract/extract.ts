import { type ChildProcess, fork } from "node:child_process";
import { readFile } from "node:fs/promises";

import type { ExtractedDocument } from "../document.ts";
import type { DocumentReader } from "../ingest.ts";
import type { ExtractMessage, ExtractTask } from "./extract-child.ts";
import { ExtractError, type ExtractLimits, invalidFile } from "./input.ts";

const MEMORY_CHECK_MS = 200;
const PAGE_BYTES = 4_096;
const MEBIBYTE = 1024 * 1024;

export interface Extractor extends DocumentReader {
  /** The document itself, uncut. */
  extract(
    path: string,
    options: { filename: string; signal: AbortSignal },
  ): Promise<ExtractedDocument>;
  close(): Promise<void>;
}

/**
 * Reads each document in a process of its own, which is killed when it takes longer or more memory than `limits` allow.
 * One process is kept ready, so that small files do not wait for a start. Rejects with an `ExtractError`.
 */
export function createExtractor(limits: ExtractLimits): Extractor {
  let spare: ChildProcess | null = startChild(limits);

  function takeChild(): ChildProcess {
    const child = spare?.connected ? spare : startChild(limits);
    spare = startChild(limits);
    return child;
  }

  async function run(
    task: Omit<ExtractTask, "limits">,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    signal.throwIfAborted();
    const child = takeChild();
    try {
      return await resultOf(child, { task: { ...task, limits }, limits, signal });
    } finally {
      child.kill("SIGKILL");
    }
  }

  return {
    // The child sends what its own types say.
    extract: async (path, { filename, signal }) =>
      (await run({ path, filename, strategy: null }, signal)) as unknown as ExtractedDocument,
    extractAndChunk: async (path, strategy, { filename, signal }) =>
      (await run({ path, filename, strategy }, signal)) as unknown as Awaited<
        ReturnType<DocumentReader["extractAndChunk"]>
      >,
    async close() {
      spare?.kill("SIGKILL");
      spare = null;
    },
  };
}

function startChild({ extractMemoryMb }: ExtractLimits): ChildProcess {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fork(new URL(`./extract-child.${suffix}`, import.meta.url), {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${extractMemoryMb}`],
    // Nothing of the server's secrets is needed to read a document.
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

/** What the child sends, put together; rejects when it fails, dies, is too slow, too large or not wanted any more. */
function resultOf(
  child: ChildProcess,
  { task, limits, signal }: { task: ExtractTask; limits: ExtractLimits; signal: AbortSignal },
): Promise<Record<string, unknown>> {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  const lists: Record<string, unknown[]> = {};
  const deadline = setTimeout(() => {
    reject(invalidFile(`Reading took longer than ${limits.extractSeconds} s and was stopped.`));
  }, limits.extractSeconds * 1000);
  const memoryWatch = setInterval(() => {
    void residentMb(child.pid).then((used) => {
      if (used > limits.extractMemoryMb) reject(tooLarge(limits));
    });
  }, MEMORY_CHECK_MS);
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });

  child.on("message", (message: ExtractMessage) => {
    if (message.type === "items") (lists[message.list] ??= []).push(...message.items);
    else if (message.type === "done") resolve(assemble(message.head, lists));
    else reject(toError(message));
  });
  child.once("error", reject);
  // V8 ends the process itself when its heap is full.
  child.once("exit", (code, by) =>
    reject(by === "SIGABRT" || code === 134 ? tooLarge(limits) : crashed()),
  );
  child.send(task, (error) => {
    if (error) reject(error);
  });

  return promise.finally(() => {
    clearTimeout(deadline);
    clearInterval(memoryWatch);
    signal.removeEventListener("abort", abort);
  });
}

/** The long lists come apart from the rest, under the path where they belong. */
function assemble(
  head: Record<string, unknown>,
  lists: Record<string, unknown[]>,
): Record<string, unknown> {
  for (const [path, items] of Object.entries(lists)) {
    const names = path.split(".");
    const last = names.pop() ?? path;
    const owner = names.reduce((value, name) => value[name] as Record<string, unknown>, head);
    owner[last] = items;
  }
  return head;
}

function toError({ code, message }: { code: ExtractError["code"] | null; message: string }): Error {
  if (code !== null) return new ExtractError(code, message);
  return /memory|allocation|Invalid array length/iu.test(message)
    ? invalidFile("The document is too large to be read.")
    : invalidFile("The document is damaged and could not be read.", new Error(message));
}

function tooLarge({ extractMemoryMb }: ExtractLimits): ExtractError {
  return invalidFile(`Reading took more than ${extractMemoryMb} MiB of memory and was stopped.`);
}

function crashed(): ExtractError {
  return invalidFile(
    "The document could not be read: the process reading it ended unexpectedly. It may be damaged.",
  );
}

/** Resident memory of a process; 0 where the system does not tell. */
async function residentMb(pid: number | undefined): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
  return (Number(statm.split(" ")[1] ?? 0) * PAGE_BYTES) / MEBIBYTE;
}
