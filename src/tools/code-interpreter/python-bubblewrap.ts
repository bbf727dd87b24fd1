import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { z } from "zod";

import {
  bubblewrapWalls,
  containedCommand,
  findBubblewrap,
  libraryFolders,
  unprivilegedUser,
  withLinks,
} from "./bubblewrap.ts";
import type { Launcher } from "./launcher.ts";
import { probeSandbox } from "./probe.ts";
import { readPythonFile, RUNNER_FOLDER, runnerArgument } from "./python-files.ts";
import { processorSecondsOf, type Sandbox, SandboxError, type SandboxLimits } from "./sandbox.ts";
import type { SandboxCommand } from "./sandbox-process.ts";
import { openSession } from "./session.ts";

const run = promisify(execFile);
const MEBIBYTE = 1024 * 1024;
const INSPECT_MS = 10_000;
const RUNTIME_MB = 128;
const OPEN_FILES = 256;
/** Address space beside memory: shared libraries, and what is reserved and never touched. */
const ADDRESS_SPACE_MB = 4096;

/** Where systems keep what libraries read. */
const DATA = [
  "/etc/alternatives",
  "/etc/matplotlibrc",
  "/usr/share/fonts",
  "/usr/share/matplotlib",
  "/usr/share/zoneinfo",
];

/** The host's own Python with the libraries it has, under bubblewrap: Linux only. */
export function pythonSandbox({
  python,
  launcher,
}: {
  python: string;
  launcher: Launcher;
}): Sandbox {
  let installation: Promise<Installation> | null = null;

  const sandbox: Sandbox = {
    name: "python",
    async open({ files, limits, signal }) {
      installation ??= inspectPython(python);
      const command = await commandFor(await installation, limits);
      return openSession({ launcher, command }, { files, limits, signal });
    },
    probe(signal) {
      installation = null;
      return probeSandbox(sandbox, {
        signal,
        capabilities: { kernelIsolation: true, subprocesses: true, memoryWatch: true },
        walls: [...bubblewrapWalls(), "limits of memory, processes, files and processor time"],
      });
    },
  };
  return sandbox;
}

const installationSchema = z.object({
  executable: z.string(),
  prefixes: z.array(z.string()),
  paths: z.array(z.string()),
});
type Installation = z.output<typeof installationSchema>;

const INSPECT = `import json, sys
print(json.dumps({"executable": sys.executable, "prefixes": [sys.prefix, sys.base_prefix], "paths": sys.path}))`;

/** Asks a Python where its parts are; it is the operator's own and runs without a sandbox. */
async function inspectPython(python: string): Promise<Installation> {
  try {
    const options = { cwd: "/", env: {}, timeout: INSPECT_MS };
    const { stdout } = await run(python, ["-I", "-c", INSPECT], options);
    return installationSchema.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new SandboxError(`${python} cannot be run: install python3 or name another one.`, {
      cause,
    });
  }
}

async function commandFor(
  { executable, prefixes, paths }: Installation,
  limits: SandboxLimits,
): Promise<SandboxCommand> {
  const bubblewrap = await findBubblewrap();
  if (bubblewrap === null) throw new SandboxError("bubblewrap (bwrap) is not installed.");
  // All of `/usr` would be far more than Python.
  const own = prefixes.filter((prefix) => prefix !== "/usr" && prefix !== "/usr/local");
  return containedCommand(bubblewrap, {
    program: executable,
    args: [
      "-I",
      "-B",
      `${RUNNER_FOLDER}/runner.py`,
      runnerArgument(limits, {
        requests: 3,
        responses: 4,
        stdout: 5,
        stderr: 6,
        modules: RUNNER_FOLDER,
        ownsProcesses: true,
        rlimits: rlimitsOf(limits),
      }),
    ],
    env: {
      HOME: "/tmp",
      LANG: "C.UTF-8",
      MPLBACKEND: "module://groundwire_figures",
      MPLCONFIGDIR: "/tmp/matplotlib",
      // Threads of linear algebra count as processes, and there are few processors to share.
      OPENBLAS_NUM_THREADS: "1",
      OMP_NUM_THREADS: "1",
      MKL_NUM_THREADS: "1",
    },
    readable: [
      ...new Set([
        ...(await withLinks(executable)),
        ...own,
        ...paths.filter((path) => path.startsWith("/")),
        ...(await libraryFolders()),
        ...DATA,
      ]),
    ],
    given: {
      [`${RUNNER_FOLDER}/runner.py`]: await readPythonFile("runner.py"),
      [`${RUNNER_FOLDER}/groundwire_figures.py`]: await readPythonFile("groundwire_figures.py"),
    },
    diskMb: limits.diskMb,
    user: unprivilegedUser(),
    processorSeconds: processorSecondsOf(limits),
    runtimeMb: RUNTIME_MB,
  });
}

function rlimitsOf({ memoryMb, diskMb, processes }: SandboxLimits): Record<string, number> {
  return {
    RLIMIT_AS: (memoryMb + ADDRESS_SPACE_MB) * MEBIBYTE,
    RLIMIT_DATA: memoryMb * MEBIBYTE,
    RLIMIT_FSIZE: diskMb * MEBIBYTE,
    RLIMIT_MEMLOCK: 0,
    RLIMIT_MSGQUEUE: 0,
    RLIMIT_NOFILE: OPEN_FILES,
    RLIMIT_NPROC: processes,
  };
}
