/**
 * The process one Pyodide session lives in. By the time code runs nothing is left in it that reaches further than the
 * session's own descriptors: Node's flags keep files, processes and code made from text away, no module can be loaded any
 * more, what reaches the network is gone, and Python has no name for anything of JavaScript.
 */
import { constants, readFileSync, readSync, writeSync } from "node:fs";
import { registerHooks } from "node:module";
import { basename, dirname } from "node:path";
import { exit } from "node:process";
import { pathToFileURL } from "node:url";

import type { loadPyodide, PyodideAPI } from "pyodide";

import { DEVICE_PATHS, RUNNER_FOLDER } from "./python-files.ts";

/** What `pyodide.ts` passes, as JSON. */
export interface PyodideTask {
  /** Folder of the npm package, ending in a slash. */
  pyodide: string;
  /** Most memory of Python, in bytes. */
  memoryBytes: number;
  workFolder: string;
  /** Path of `runner.py`, and of what it imports. */
  runner: string;
  modules: string[];
  runnerArgument: string;
  /** Path of `pyodide_setup.py`. */
  setup: string;
  /** Wheels that can be imported from, by their paths. */
  wheels: string[];
  /** Memory of a Python that has already started; null: it starts now. */
  snapshot: string | null;
  /** Instead of serving a session, such a memory is written to descriptor 4. */
  makesSnapshot: boolean;
}

/** A session's descriptors. What Node itself has to say goes to 2: it tells of the host. */
const DESCRIPTORS = { requests: 3, responses: 4, stdout: 5, stderr: 6 };
const PAGE_BYTES = 65_536;
const WHEEL_FOLDER = "/opt/wheels";
/** Any number that no other device has. */
const DEVICE_MAJOR = 64;

/** What Pyodide imports when it loads in Node; anything else it is given empty. */
const GIVEN_MODULES = new Set(
  ["crypto", "fs", "fs/promises", "module", "path", "tty", "url", "vm"].map(
    (name) => `node:${name}`,
  ),
);
const EMPTY_MODULE = "file:///empty.cjs";

/** What else of Node a script could reach the outside with. */
const TAKEN_GLOBALS = [
  "BroadcastChannel",
  "Buffer",
  "EventSource",
  "MessageChannel",
  "MessagePort",
  "WebSocket",
  "fetch",
  "global",
  "navigator",
  "require",
];

/** Modules that a snapshot holds ready. */
const WARM_UP = `import ast, collections, csv, datetime, io, json, linecache, math, os, random, re, signal
import sqlite3, stat, statistics, struct, sys, traceback, types, zipfile`;

async function main(task: PyodideTask): Promise<void> {
  silence();
  limitMemory(task.memoryBytes);
  const modules = limitModules(pathToFileURL(task.pyodide).href);
  const pyodide = await load(task);
  if (task.makesSnapshot) {
    pyodide.runPython(WARM_UP);
    writeAll(DESCRIPTORS.responses, pyodide.makeMemorySnapshot());
    return;
  }
  furnish(pyodide, task);
  const runner = readFileSync(task.runner, "utf8");
  pyodide.runPython(readFileSync(task.setup, "utf8"));
  // A JSON text is a Python literal too.
  pyodide.runPython(`import sys; sys.argv = ["", ${JSON.stringify(task.runnerArgument)}]`);
  modules.close();
  lockDown();
  pyodide.runPython(runner, { filename: `${RUNNER_FOLDER}/runner.py` });
}

/** What Pyodide says when it breaks tells of the host's folders. */
function silence(): void {
  for (const method of ["log", "info", "warn", "error"] as const) console[method] = () => undefined;
}

interface WasmMemory {
  buffer: ArrayBuffer;
  grow: (this: WasmMemory, pages: number) => number;
}

/** Python asks for memory through this one function; where it ends, Python raises MemoryError. */
function limitMemory(mostBytes: number): void {
  // Node's types do not have it.
  const { Memory } = Reflect.get(globalThis, "WebAssembly") as {
    Memory: { prototype: WasmMemory };
  };
  const { grow } = Memory.prototype;
  Memory.prototype.grow = function limited(pages) {
    if (this.buffer.byteLength + pages * PAGE_BYTES > mostBytes) throw new RangeError("too large");
    return grow.call(this, pages);
  };
}

/** Only Pyodide's own files and what it needs of Node can be loaded; after `close` nothing can. */
function limitModules(folder: string): { close(): void } {
  let isClosed = false;
  registerHooks({
    resolve(specifier, context, next) {
      if (isClosed) throw new Error("No module can be loaded any more.");
      if (specifier.startsWith(folder) || GIVEN_MODULES.has(specifier)) {
        return next(specifier, context);
      }
      return { url: EMPTY_MODULE, format: "commonjs", shortCircuit: true };
    },
    load(url, context, next) {
      if (url !== EMPTY_MODULE) return next(url, context);
      return { format: "commonjs", source: "module.exports = {};", shortCircuit: true };
    },
  });
  return {
    close() {
      isClosed = true;
    },
  };
}

async function load({ pyodide, snapshot, makesSnapshot }: PyodideTask): Promise<PyodideAPI> {
  // Pyodide asks for the constants of the file system, which Node's permission model no longer hands out.
  Object.assign(process, { binding: () => ({ fs: constants }) });
  const url = pathToFileURL(`${pyodide}pyodide.mjs`).href;
  // The package's own entry, as its types describe it.
  const entry = (await import(url)) as { loadPyodide: typeof loadPyodide };
  return entry.loadPyodide({
    indexURL: pyodide,
    jsglobals: Object.create(null) as object,
    env: { HOME: "/tmp", LANG: "C.UTF-8", MPLBACKEND: "module://groundwire_figures" },
    ...(makesSnapshot && { _makeSnapshot: true }),
    ...(snapshot !== null && { _loadSnapshot: readFileSync(snapshot) }),
  });
}

/** Files, devices and streams of Python, as `runner.py` expects them. */
function furnish(pyodide: PyodideAPI, { workFolder, modules, wheels }: PyodideTask): void {
  const { FS } = pyodide;
  for (const folder of [workFolder, RUNNER_FOLDER, WHEEL_FOLDER, dirname(DEVICE_PATHS.stdout)]) {
    FS.mkdirTree(folder);
  }
  for (const path of modules) {
    FS.writeFile(`${RUNNER_FOLDER}/${basename(path)}`, readFileSync(path));
  }
  for (const path of wheels) {
    FS.writeFile(`${WHEEL_FOLDER}/${basename(path)}`, readFileSync(path), { canOwn: true });
  }
  FS.chdir(workFolder);
  for (const [name, descriptor] of Object.entries(DESCRIPTORS)) {
    const device = FS.makedev(DEVICE_MAJOR, descriptor);
    FS.registerDevice(device, {
      read: (_stream: unknown, buffer: Uint8Array, offset: number, length: number) =>
        readSync(descriptor, buffer, offset, length, null),
      write: (_stream: unknown, buffer: Uint8Array, offset: number, length: number) =>
        writeAll(descriptor, buffer.subarray(offset, offset + length)),
    });
    FS.mkdev(DEVICE_PATHS[name as keyof typeof DESCRIPTORS], device);
  }
  pyodide.setStdin({ read: () => 0 });
  // The runner puts the devices in their place: these would take every byte by itself.
  pyodide.setStdout({ write: (bytes) => bytes.length });
  pyodide.setStderr({ write: (bytes) => bytes.length });
}

function writeAll(descriptor: number, bytes: Uint8Array): number {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  return written;
}

/** Takes from this process whatever a script could still use. */
function lockDown(): void {
  const { platform, versions } = process;
  for (const name of TAKEN_GLOBALS) Reflect.deleteProperty(globalThis, name);
  const left = Object.freeze({ platform, versions: { node: versions.node }, getuid: () => 1000 });
  Object.defineProperty(globalThis, "process", { value: left, configurable: false });
  for (const { prototype } of [Object, Array, Function, Promise, Map, Set, Uint8Array]) {
    Object.freeze(prototype);
  }
}

try {
  // Pyodide gives Python what it finds there.
  const [, , task = ""] = process.argv.splice(0, process.argv.length, "node", "python3");
  // Written by `pyodide.ts` of the same version.
  await main(JSON.parse(task) as PyodideTask);
} catch (error) {
  // Not thrown on: Node would print the line it comes from, and Pyodide has only one.
  writeAll(2, new TextEncoder().encode(String(error)));
  exit(1);
}
