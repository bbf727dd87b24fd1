import { readFile, readdir, statfs } from "node:fs/promises";

const KIBIBYTE = 1024;
const MEBIBYTE = KIBIBYTE * KIBIBYTE;
const PAGE_BYTES = 4 * KIBIBYTE;

/**
 * A process and everything it has started, itself first. Only itself where the system does not tell (other systems than
 * Linux, kernels without `/proc/…/children`).
 */
export async function processTree(root: number): Promise<number[]> {
  const found = [root];
  for (const pid of found) {
    const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
    const lists = await Promise.all(
      threads.map((thread) => readText(`/proc/${pid}/task/${thread}/children`)),
    );
    found.push(...lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number)));
  }
  return found;
}

/** Memory of processes together, in MiB, no page counted twice if that matters for `limitMb`; 0 where the system does not tell. */
export async function memoryOf(pids: number[], limitMb: number): Promise<number> {
  const resident = await total(pids, residentMb);
  if (resident <= limitMb) return resident;
  // Forked processes share most of their pages: exact, and some hundred times as costly.
  return total(pids, proportionalMb);
}

async function total(pids: number[], measure: (pid: number) => Promise<number>): Promise<number> {
  const each = await Promise.all(pids.map((pid) => measure(pid)));
  return each.reduce((sum, megabytes) => sum + megabytes, 0);
}

async function residentMb(pid: number): Promise<number> {
  const statm = await readText(`/proc/${pid}/statm`);
  return (Number(statm.split(" ")[1] ?? 0) * PAGE_BYTES) / MEBIBYTE;
}

async function proportionalMb(pid: number): Promise<number> {
  const kilobytes = /^Pss:\s+(\d+) kB/mu.exec(await readText(`/proc/${pid}/smaps_rollup`))?.[1];
  return kilobytes === undefined ? residentMb(pid) : Number(kilobytes) / KIBIBYTE;
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

function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
