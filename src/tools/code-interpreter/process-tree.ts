import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { readFile, statfs } from "node:fs/promises";

const KIBIBYTE = 1024;
const MEBIBYTE = KIBIBYTE * KIBIBYTE;
const PAGE_BYTES = 4 * KIBIBYTE;
/** More than Linux writes at once: a list of some thousand processes. */
const PROC_BYTES = 16 * KIBIBYTE;

/**
 * A process and everything it has started, itself first. Only itself where the system does not tell (other systems than
 * Linux, kernels without `/proc/…/children`).
 *
 * It reads at once what the kernel has in memory: some ten microseconds a process. Reads that are waited for take five times
 * as long from the event loop, and the buffers that Node takes for each are the server's work for its garbage collector.
 */
export function processTree(root: number): number[] {
  const found = [root];
  const buffer = Buffer.allocUnsafe(PROC_BYTES);
  for (const pid of found) {
    for (const thread of threadsOf(pid)) {
      const list = readProc(`/proc/${pid}/task/${thread}/children`, buffer);
      found.push(...list.split(" ").filter(Boolean).map(Number));
    }
  }
  return found;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    // It has ended, or this system does not tell.
    return [];
  }
}

/** Memory of processes together, in MiB, no page counted twice if that matters for `limitMb`; 0 where the system does not tell. */
export async function memoryOf(pids: number[], limitMb: number): Promise<number> {
  const resident = sum(pids.map(residentMb));
  if (resident <= limitMb) return resident;
  // Forked processes share most of their pages: exact, and some hundred times as costly.
  return sum(await Promise.all(pids.map(proportionalMb)));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function residentMb(pid: number): number {
  const [, pages = 0] = readProc(`/proc/${pid}/statm`, Buffer.allocUnsafe(128)).split(" ");
  return (Number(pages) * PAGE_BYTES) / MEBIBYTE;
}

async function proportionalMb(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  const kilobytes = /^Pss:\s+(\d+) kB/mu.exec(rollup)?.[1];
  return kilobytes === undefined ? residentMb(pid) : Number(kilobytes) / KIBIBYTE;
}

/** What of it fits the buffer; empty where the system does not tell. */
function readProc(path: string, buffer: Buffer): string {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, "r");
    return buffer.toString("latin1", 0, readSync(descriptor, buffer));
  } catch {
    return "";
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** Files and folders on the file system of `path`, as a process sees it; 0 where the system does not tell. */
export async function filesIn(pid: number, path: string): Promise<number> {
  const found = await statfs(`/proc/${pid}/root${path}`).catch(() => null);
  return found === null ? 0 : found.files - found.ffree;
}

/** True when the signal reached somebody. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It has ended, or this system does not know the signal.
    return false;
  }
}
