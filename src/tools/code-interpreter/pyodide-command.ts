import { readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";

import { containedCommand, libraryFolders, unprivilegedUser } from "./bubblewrap.ts";
import type { PyodideTask } from "./pyodide-child.ts";
import { DEVICE_PATHS, pythonPath, RUNNER_FOLDER, runnerArgument } from "./python-files.ts";
import { processorSecondsOf, SandboxError, type SandboxLimits, WORK_FOLDER } from "./sandbox.ts";
import type { SandboxCommand } from "./sandbox-process.ts";

const MEBIBYTE = 1024 * 1024;
/** What Node and Pyodide take before any code runs. */
const RUNTIME_MB = 384;
/** JavaScript's own objects; the memory of Python is not among them. */
const HEAP_MB = 256;
const SUFFIX = import.meta.url.endsWith(".ts") ? "ts" : "js";
const CHILD = new URL(`./pyodide-child.${SUFFIX}`, import.meta.url);
const CHILD_IMPORTS = new URL(`./python-files.${SUFFIX}`, import.meta.url);

/** What a process of Pyodide starts from. */
export interface PyodideParts {
  /** Path of `bwrap`; null: nothing but the process itself stands around it. */
  bubblewrap: string | null;
  /** Path of the memory it starts from; null: it starts afresh. */
  snapshot: string | null;
  /** Paths of wheels that can be imported from. */
  wheels: string[];
}

/** Folder of the package `pyodide`, and its version. @throws SandboxError when it is not installed. */
export function findPyodide(): { folder: string; version: string } {
  try {
    const require = createRequire(import.meta.url);
    const path = require.resolve("pyodide/package.json");
    // What npm has installed.
    const { version } = require(path) as { version: string };
    return { folder: join(dirname(path), "/"), version };
  } catch (cause) {
    throw new SandboxError("The package 'pyodide' is not installed.", { cause });
  }
}

/** Wheels in a folder. @throws SandboxError when it cannot be read. */
export async function wheelsIn(folder: string | null): Promise<string[]> {
  if (folder === null) return [];
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith(".whl")).map((name) => join(folder, name));
  } catch (cause) {
    throw new SandboxError(`The folder of wheels ${folder} cannot be read.`, { cause });
  }
}

/** A process that serves a session. */
export function sessionCommand(
  parts: PyodideParts,
  limits: SandboxLimits,
): Promise<SandboxCommand> {
  return commandFor(parts, { limits, makesSnapshot: false });
}

/** A process that writes the memory of a started Python to descriptor 4. */
export function snapshotCommand(
  bubblewrap: string | null,
  limits: SandboxLimits,
): Promise<SandboxCommand> {
  return commandFor({ bubblewrap, snapshot: null, wheels: [] }, { limits, makesSnapshot: true });
}

async function commandFor(
  { bubblewrap, snapshot, wheels }: PyodideParts,
  { limits, makesSnapshot }: { limits: SandboxLimits; makesSnapshot: boolean },
): Promise<SandboxCommand> {
  const { folder } = findPyodide();
  const task: PyodideTask = {
    pyodide: folder,
    memoryBytes: limits.memoryMb * MEBIBYTE,
    workFolder: WORK_FOLDER,
    runner: pythonPath("runner.py"),
    setup: pythonPath("pyodide_setup.py"),
    modules: [pythonPath("groundwire_figures.py")],
    runnerArgument: runnerArgument(limits, {
      ...DEVICE_PATHS,
      modules: RUNNER_FOLDER,
      ownsProcesses: false,
      rlimits: {},
    }),
    wheels,
    snapshot,
    makesSnapshot,
  };
  const own = [
    folder,
    fileURLToPath(CHILD),
    fileURLToPath(CHILD_IMPORTS),
    task.runner,
    task.setup,
    ...task.modules,
    ...wheels,
    ...(snapshot === null ? [] : [snapshot]),
  ];
  const node = {
    program: process.execPath,
    args: [...nodeFlags(own), fileURLToPath(CHILD), JSON.stringify(task)],
  };
  const user = (await areOpenToAll([process.execPath, ...own])) ? unprivilegedUser() : null;
  const processorSeconds = processorSecondsOf(limits);
  if (bubblewrap === null) {
    return { ...node, inputs: [], user, processorSeconds, runtimeMb: RUNTIME_MB };
  }
  return containedCommand(bubblewrap, {
    ...node,
    env: {},
    readable: [process.execPath, ...own, ...(await libraryFolders())],
    given: {},
    diskMb: 1,
    user,
    processorSeconds,
    runtimeMb: RUNTIME_MB,
  });
}

function nodeFlags(readable: string[]): string[] {
  return [
    "--permission",
    ...readable.map((path) => `--allow-fs-read=${path}`),
    "--disallow-code-generation-from-strings",
    `--max-old-space-size=${HEAP_MB}`,
    "--no-warnings",
  ];
}

/** True when every user can read them. */
async function areOpenToAll(paths: string[]): Promise<boolean> {
  const all = new Set(paths.flatMap((path) => [path, ...foldersAbove(path)]));
  const modes = await Promise.all([...all].map(async (path) => stat(path).catch(() => null)));
  return modes.every((info) => {
    if (info === null) return false;
    const wanted = info.isDirectory() ? 0o001 : 0o004;
    return (info.mode & wanted) === wanted;
  });
}

function foldersAbove(path: string): string[] {
  const { root, dir } = parse(path);
  return dir === root ? [root] : [dir, ...foldersAbove(dir)];
}
