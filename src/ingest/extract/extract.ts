import { type ChildProcess, fork } from "node:child_process";
import { readFile } from "node:fs/promises";

import type { ExtractedDocument } from "../document.ts";
import type { DocumentReader } from "../ingest.ts";
import type { ExtractMessage, ExtractTask } from "./extract-child.ts";
import { ExtractError, type ExtractLimits, invalidFile } from "./input.ts";

const MEMORY_CHECK_MS = 200;
/** A process reads so many documents at most, so that nothing builds up in it. */
const MOST_DOCUMENTS = 100;
/** A process that has grown beyond this is not used again: no file is to fail for what the one before it left behind. */
const SMALL_MB = 256;
const MOST_IDLE = 2;
const PAGE_BYTES = 4_096;
const MEBIBYTE = 1024 * 1024;

export interface Extractor extends DocumentReader {
  /** The document itself, uncut. */
  extract(
    path: string,
    options: { filename: string; mediaType?: string; signal: AbortSignal },
  ): Promise<ExtractedDocument>;
  close(): Promise<void>;
}

/**
 * Reads each document in another process, which is killed when it takes longer or more memory than `limits` allow.
 * Rejects with an `ExtractError`. Starting a process costs many times what reading a small file does, so one is started
 * ahead, and one that has read a file without trouble and stayed small reads the next.
 */
export function createExtractor(limits: ExtractLimits): Extractor {
  const idle: Reader[] = [startReader(limits)];
  let isClosed = false;

  function take(): Reader {
    let reader = idle.pop();
    while (reader && !reader.child.connected) reader = idle.pop();
    return reader ?? startReader(limits);
  }

  async function giveBack(reader: Reader): Promise<void> {
    reader.documents++;
    const isFresh =
      reader.documents < MOST_DOCUMENTS && (await residentMb(reader.child.pid)) < SMALL_MB;
    if (isFresh && !isClosed && idle.length < MOST_IDLE) idle.push(reader);
    else reader.child.kill("SIGKILL");
  }

  async function run(task: Omit<ExtractTask, "limits">, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const reader = take();
    try {
      const result = await resultOf(reader.child, { task: { ...task, limits }, limits, signal });
      await giveBack(reader);
      return result;
    } catch (error) {
      reader.child.kill("SIGKILL");
      if (idle.length === 0 && !isClosed) idle.push(startReader(limits));
      throw error;
    }
  }

  return {
    // The child sends what its own types say.
    extract: async (path, { filename, mediaType = "", signal }) =>
      (await run({ path, filename, mediaType, strategy: null }, signal)) as ExtractedDocument,
    extractAndChunk: async (path, strategy, { filename, mediaType, signal }) =>
      (await run({ path, filename, mediaType, strategy }, signal)) as Awaited<
        ReturnType<DocumentReader["extractAndChunk"]>
      >,
    async close() {
      isClosed = true;
      for (const { child } of idle.splice(0)) child.kill("SIGKILL");
    },
  };
}

/** A process that reads, and how many documents it has read. */
interface Reader {
  child: ChildProcess;
  documents: number;
}

function startReader({ extractMemoryMb }: ExtractLimits): Reader {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const child = fork(new URL(`./extract-child.${suffix}`, import.meta.url), {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${extractMemoryMb}`],
    // Nothing of the server's secrets is needed to read a document.
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // An idle process that cannot be started or written to is found out when it is given a document.
  child.on("error", () => undefined);
  return { child, documents: 0 };
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

  const receive = (message: ExtractMessage): void => {
    if (message.type === "items") (lists[message.list] ??= []).push(...message.items);
    else if (message.type === "done") resolve(assemble(message.head, lists));
    else reject(toError(message));
  };
  const lost = (error: Error): void => reject(notStarted(error));
  // V8 ends the process itself when its heap is full.
  const ended = (code: number | null, by: string | null): void =>
    reject(by === "SIGABRT" || code === 134 ? tooLarge(limits) : crashed());
  child.on("message", receive);
  child.on("error", lost);
  child.on("exit", ended);
  child.send(task, (error) => {
    if (error) reject(notStarted(error));
  });

  return promise.finally(() => {
    clearTimeout(deadline);
    clearInterval(memoryWatch);
    signal.removeEventListener("abort", abort);
    child.off("message", receive).off("error", lost).off("exit", ended);
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
  return /out of memory|allocation failed|Invalid (?:array|string) length/iu.test(message)
    ? invalidFile("The document is too large to be read.")
    : invalidFile("The document is damaged and could not be read.", new Error(message));
}

function tooLarge({ extractMemoryMb }: ExtractLimits): ExtractError {
  return invalidFile(`Reading took more than ${extractMemoryMb} MiB of memory and was stopped.`);
}

function notStarted(cause: Error): ExtractError {
  return new ExtractError(
    "server_error",
    "The server could not start the process that reads documents. Attach the file again later.",
    { cause },
  );
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
