import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

import { processTree, signalProcess } from "./process-tree.ts";

/**
 * How a session's process is started. It reads requests from descriptor 3 and answers on 4; what code prints comes on 5 and
 * 6. On 2 speak the programs around it, for operators only.
 */
export interface SandboxCommand {
  program: string;
  args: string[];
  /** What it reads from descriptors 7, 8, …, to their end. */
  inputs: Buffer[];
  /** Whom it runs as; null: as the server. */
  user: { uid: number; gid: number } | null;
  /** Memory that it takes before it runs any code, in MiB. */
  runtimeMb: number;
}

/** A session's process, with whatever its command has put around it. */
export interface SandboxProcess {
  /** Undefined when it could not be started. */
  pid: number | undefined;
  stdout: Readable;
  stderr: Readable;
  /** What it says of itself. */
  log: Readable;
  requests: Writable;
  responses: Readable;
  /** Resolves when it has ended, with how. */
  ended: Promise<string>;
  /** Ends all of it, and resolves when nothing more can come from it. */
  kill(): Promise<void>;
  /** Stops every process of it where it is. */
  pause(): Promise<void>;
  resume(): void;
}

/** Descriptors 0 to 6. */
const OWN_STREAMS = ["ignore", "ignore", "pipe", "pipe", "pipe", "pipe", "pipe"] as const;
export const FIRST_INPUT = OWN_STREAMS.length;
/** A process that the kernel does not let go is not waited for any longer. */
const KILL_GRACE_MS = 5_000;
const DRAIN_GRACE_MS = 500;

export function startSandboxProcess(command: SandboxCommand): SandboxProcess {
  const child = spawn(command.program, command.args, {
    cwd: "/",
    // Nothing of the server's: what the code may see is in the command.
    env: {},
    stdio: [...OWN_STREAMS, ...command.inputs.map(() => "pipe" as const)],
    // A process group of its own: one signal ends all of it, and none from the terminal reaches it.
    detached: true,
    ...command.user,
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  child.on("error", (cause) => {
    end(cause.message);
    // What was never started closes nothing.
    if (child.pid === undefined) close();
  });
  child.on("exit", (code, signal) => {
    // What it has written is read to its end first, unless somebody else holds the pipes open.
    const how = `ended with ${signal ?? `code ${code}`}`;
    const late = setTimeout(() => end(how), DRAIN_GRACE_MS);
    child.on("close", () => {
      clearTimeout(late);
      end(how);
      close();
    });
  });
  // As `stdio` above makes them; the types do not know.
  const streams = child.stdio as unknown as Streams;
  const [, , log, requests, responses, stdout, stderr, ...inputs] = streams;
  // A broken pipe is told by the end of the process.
  for (const stream of child.stdio) stream?.on("error", () => undefined);
  for (const [index, input] of inputs.entries()) input.end(command.inputs[index]);
  const own = { stdout, stderr, log, requests, responses };
  return { pid: child.pid, ...own, ended, ...controls(child, closed) };
}

type Streams = [null, null, Readable, Writable, Readable, Readable, Readable, ...Writable[]];

function controls(
  child: ChildProcess,
  closed: Promise<void>,
): Pick<SandboxProcess, "kill" | "pause" | "resume"> {
  let stopped: number[] = [];
  return {
    async kill() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        // The group; the process itself where there are no groups.
        if (!signalProcess(-child.pid, "SIGKILL")) child.kill("SIGKILL");
      }
      const grace = AbortSignal.timeout(KILL_GRACE_MS);
      const given = new Promise<void>((resolve) =>
        grace.addEventListener("abort", () => resolve()),
      );
      await Promise.race([closed, given]);
    },
    async pause() {
      // Again until nobody is new: whoever was still running may have started another.
      let before = -1;
      while (child.pid !== undefined && stopped.length !== before) {
        before = stopped.length;
        const pids = await processTree(child.pid);
        if (child.exitCode !== null || child.signalCode !== null) return;
        stopped = pids.filter((pid) => signalProcess(pid, "SIGSTOP"));
      }
    },
    resume() {
      for (const pid of stopped) signalProcess(pid, "SIGCONT");
      stopped = [];
    },
  };
}
