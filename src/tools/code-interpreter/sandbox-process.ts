import type { Readable, Writable } from "node:stream";

import { processTree, signalProcess } from "./process-tree.ts";

/**
 * How a session's process is started. It reads requests from descriptor 3 and answers on 4; what code prints comes on 5 and
 * 6. On 2 speak the programs around it, for operators only.
 */
export interface SandboxCommand {
  program: string;
  args: string[];
  /** What it reads from descriptors `FIRST_INPUT` and following, to their end. */
  inputs: Uint8Array[];
  /** Whom it runs as; null: as the server. */
  user: { uid: number; gid: number } | null;
  /** Processor time of each of its processes, in seconds. */
  processorSeconds: number;
  /** Memory that it takes before it runs any code, in MiB. */
  runtimeMb: number;
}

export const FIRST_INPUT = 7;

/** A session's process, with whatever its command has put around it. */
export interface SandboxProcess {
  pid: number;
  stdout: Readable;
  stderr: Readable;
  requests: Writable;
  responses: Readable;
  /** What the programs around it have said, its beginning. */
  said(): string;
  /** Resolves when it has ended and nothing more comes from it, with how. */
  ended: Promise<string>;
  /** Ends all of it. */
  kill(): Promise<void>;
  /** Stops every process of it where it is. */
  pause(): void;
  resume(): void;
}

/** A process that the kernel does not let go is not waited for any longer. */
const KILL_GRACE_MS = 5_000;

/** Beside others of normal priority it gets about a third of their share. */
const NICENESS = 5;
/**
 * Linux weighs sessions (`setsid`) against each other first and processes within one only then (`CONFIG_SCHED_AUTOGROUP`):
 * `nice` alone would change nothing for a session of its own. It takes one such change every 100 ms from all users together.
 */
const LOWER_SESSION = `if [ -w /proc/self/autogroup ]; then for try in 1 2 3 4 5 6 7 8 9; do { echo ${NICENESS} >/proc/self/autogroup; } 2>/dev/null && break; sleep 0.1; done; fi`;

/** What the program waits for on descriptor 3: until it comes nothing is written, nor does anything end. */
export const START_LINE = "start\n";

/**
 * Where there is too little processor time or memory for all, it is not the server that does without: Linux ends the
 * process with the highest number first. When whoever started it has died, the process is ended too where `setpriv` can
 * have that done, and else by its processor time.
 */
export function behindOthers(command: SandboxCommand): Pick<SandboxCommand, "program" | "args"> {
  const script = [
    "read -r line <&3 || exit",
    LOWER_SESSION,
    "echo 1000 2>/dev/null >/proc/self/oom_score_adj",
    // One limit a call: more of them are an error to dash.
    "ulimit -c 0",
    `ulimit -t ${command.processorSeconds}`,
    "setpriv --pdeathsig KILL true 2>/dev/null && end='setpriv --pdeathsig KILL'",
    `exec nice -n ${NICENESS} $end "$0" "$@"`,
  ];
  return {
    program: "/bin/sh",
    args: ["-c", script.join("; "), command.program, ...command.args],
  };
}

export function controlsOf(
  pid: number,
  ended: Promise<string>,
): Pick<SandboxProcess, "kill" | "pause" | "resume"> {
  let hasEnded = false;
  let stopped: number[] = [];
  void ended.then(() => (hasEnded = true));
  return {
    async kill() {
      // The whole group.
      if (!hasEnded) signalProcess(-pid, "SIGKILL");
      const grace = AbortSignal.timeout(KILL_GRACE_MS);
      const given = new Promise<void>((resolve) =>
        grace.addEventListener("abort", () => resolve()),
      );
      await Promise.race([ended, given]);
    },
    pause() {
      // Again until nobody is new: whoever was still running may have started another.
      let before = -1;
      while (stopped.length !== before && !hasEnded) {
        before = stopped.length;
        stopped = processTree(pid).filter((each) => signalProcess(each, "SIGSTOP"));
      }
    },
    resume() {
      for (const each of stopped) signalProcess(each, "SIGCONT");
      stopped = [];
    },
  };
}
