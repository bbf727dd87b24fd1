import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import type { Launcher } from "./launcher.ts";
import type { SandboxCommand } from "./sandbox-process.ts";
import { SandboxError } from "./sandbox.ts";

/** Long: on a busy machine others come first. */
const MAKE_SECONDS = 180;
const MOST_BYTES = 128 * 1024 * 1024;

/**
 * Keeps at `path` what a process writes to its descriptor 4, unless it is there already.
 * @throws SandboxError when the process fails.
 */
export async function ensureSnapshot(
  path: string,
  from: { launcher: Launcher; command: SandboxCommand },
): Promise<void> {
  if (await isThere(path)) return;
  const bytes = await outputOf(from);
  const unfinished = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function outputOf({
  launcher,
  command,
}: {
  launcher: Launcher;
  command: SandboxCommand;
}): Promise<Buffer> {
  const child = await launcher.start(command);
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.responses.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > MOST_BYTES) void child.kill();
  });
  const late = setTimeout(() => void child.kill(), MAKE_SECONDS * 1000);
  const how = await child.ended;
  clearTimeout(late);
  if (how !== "ended with code 0" || bytes === 0) {
    throw new SandboxError(`Pyodide did not start: ${child.said().trim()} (${how})`);
  }
  return Buffer.concat(chunks);
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
