import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import type { SandboxLimits } from "./sandbox.ts";

/** The parts of this folder that are Python. */
export type PythonFile =
  | "runner.py"
  | "groundwire_figures.py"
  | "probe.py"
  | "pyodide_setup.py"
  | "summarise_table.py";

export function pythonPath(name: PythonFile): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

export function readPythonFile(name: PythonFile): Promise<Buffer> {
  return readFile(pythonPath(name));
}

/** Where a sandbox has them. */
export const RUNNER_FOLDER = "/opt/groundwire";

/** Where Pyodide has the descriptors of a session, which in its file system are devices. */
export const DEVICE_PATHS = {
  stdout: "/dev/session/stdout",
  requests: "/dev/session/requests",
  responses: "/dev/session/responses",
  stderr: "/dev/session/stderr",
};

/** What `runner.py` is told when it starts, in the work folder. */
export interface RunnerSetup {
  /** Descriptors, or devices by their path. */
  requests: number | string;
  responses: number | string;
  /** What takes the places of 1 and 2. */
  stdout: number | string;
  stderr: number | string;
  /** Folder of the modules it imports. */
  modules: string;
  /** All other processes it sees were started by the code it runs. */
  ownsProcesses: boolean;
  /** By the names of Python's `resource`; empty where there is no such thing. */
  rlimits: Record<string, number>;
}

export function runnerArgument(limits: SandboxLimits, setup: RunnerSetup): string {
  return JSON.stringify({
    ...setup,
    textBytes: limits.outputBytes,
    files: limits.files,
    fileBytes: limits.fileBytes,
    totalFileBytes: limits.totalFileBytes,
    images: limits.images,
  });
}
