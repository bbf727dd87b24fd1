import { filesIn, memoryOf, processTree } from "./process-tree.ts";
import type { RunError, SandboxLimits } from "./sandbox.ts";
import { WORK_FOLDER } from "./sandbox.ts";

const WATCH_MS = 100;
/** Files and folders in the work folder: each takes memory of the kernel, however small it is. */
const MOST_FILES = 20_000;

/**
 * Looks at all processes of a session together, which no limit of a single process covers, until it is stopped or has
 * found one limit exceeded.
 */
export function watchProcesses(
  pid: number | undefined,
  options: {
    limits: SandboxLimits;
    /** Beyond `memoryMb`: what the runtime itself takes. */
    runtimeMb: number;
    onExceeded: (error: RunError) => void;
  },
): { stop(): void } {
  let timer: NodeJS.Timeout | null = null;
  let isOver = false;

  async function look(): Promise<void> {
    const error = pid === undefined ? null : await exceeded(pid, options);
    if (isOver) return;
    if (error === null) timer = setTimeout(() => void look(), WATCH_MS);
    else options.onExceeded(error);
  }

  void look();
  return {
    stop() {
      isOver = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

async function exceeded(
  pid: number,
  { limits: { memoryMb }, runtimeMb }: { limits: SandboxLimits; runtimeMb: number },
): Promise<RunError | null> {
  const pids = processTree(pid);
  const most = memoryMb + runtimeMb;
  if ((await memoryOf(pids, most)) > most) {
    return {
      name: "MemoryError",
      message: `The code took more than ${memoryMb} MiB of memory and was ended. Variables and files of the session are lost.`,
      traceback: null,
    };
  }
  // A process that has started none lives in the server's own file system.
  const innermost = pids.at(-1);
  if (innermost === undefined || innermost === pid) return null;
  if ((await filesIn(innermost, WORK_FOLDER)) <= MOST_FILES) return null;
  return {
    name: "OSError",
    message: `The code made more than ${MOST_FILES} files and was ended. Variables and files of the session are lost.`,
    traceback: null,
  };
}
