import { join } from "node:path";

import { bubblewrapWalls, tryBubblewrap } from "./bubblewrap.ts";
import type { Launcher } from "./launcher.ts";
import { probeSandbox } from "./probe.ts";
import {
  findPyodide,
  type PyodideParts,
  sessionCommand,
  snapshotCommand,
  wheelsIn,
} from "./pyodide-command.ts";
import { DEFAULT_LIMITS, type Sandbox, SandboxError } from "./sandbox.ts";
import { openSession } from "./session.ts";
import { ensureSnapshot } from "./snapshot.ts";

const WALLS = [
  "WebAssembly: Python has a file system of its own in memory, and neither processes nor threads",
  "Node's permission model: no files but Pyodide's own, no processes, workers or add-ons",
  "JavaScript without code from text, modules and network; Python without a name for JavaScript",
  "limits of memory and processor time",
];

export interface PyodideOptions {
  launcher: Launcher;
  /** Folder with wheels for Pyodide; null: Python's standard library only. */
  wheels: string | null;
  /** Where the memory of a started Python is kept, so that the next ones start faster. */
  cacheFolder: string;
  /** False: not even if it is installed. */
  usesBubblewrap?: boolean;
}

interface Setup extends PyodideParts {
  weaknesses: string[];
}

/** Python in WebAssembly, in a process of Node that is left with nothing; under bubblewrap where that works. */
export function pyodideSandbox(options: PyodideOptions): Sandbox {
  // Kept to once it is found out: no session has fewer walls around it than were reported.
  let setup: Promise<Setup> | null = null;

  const sandbox: Sandbox = {
    name: "pyodide",
    async open({ files, limits, signal }) {
      setup ??= setUp(options);
      const command = await sessionCommand(await setup, limits);
      return openSession({ launcher: options.launcher, command }, { files, limits, signal });
    },
    async probe(signal) {
      setup = setUp(options);
      try {
        const { bubblewrap, weaknesses } = await setup;
        return await probeSandbox(sandbox, {
          signal,
          capabilities: {
            kernelIsolation: bubblewrap !== null,
            subprocesses: false,
            memoryWatch: process.platform === "linux",
          },
          walls: [...(bubblewrap === null ? [] : bubblewrapWalls()), ...WALLS],
          weaknesses,
        });
      } catch (error) {
        signal.throwIfAborted();
        return { works: false, reason: error instanceof Error ? error.message : String(error) };
      }
    },
  };
  return sandbox;
}

async function setUp(options: PyodideOptions): Promise<Setup> {
  if (process.platform === "win32") throw new SandboxError("Windows is not supported.");
  const wheels = await wheelsIn(options.wheels);
  const { version } = findPyodide();
  const { bubblewrap, reason } =
    options.usesBubblewrap === false
      ? { bubblewrap: null, reason: "not wanted" }
      : await tryBubblewrap(options.launcher);
  const name = `pyodide-${version}-node-${process.versions.node}.snapshot`;
  const snapshot = join(options.cacheFolder, name);
  await ensureSnapshot(snapshot, {
    launcher: options.launcher,
    command: await snapshotCommand(bubblewrap, DEFAULT_LIMITS),
  });
  const weaknesses = [
    ...(bubblewrap === null
      ? [
          `bubblewrap stands not around it (${reason}): files and network are kept away by Node alone, not by the kernel`,
        ]
      : []),
    ...(process.platform === "linux"
      ? []
      : ["memory beside that of Python itself is not watched on this system"]),
  ];
  return { bubblewrap, snapshot, wheels, weaknesses };
}
