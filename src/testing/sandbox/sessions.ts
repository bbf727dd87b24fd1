import { afterEach, describe, expect, it } from "vitest";

import { getPriority } from "node:os";
import { processTree } from "../../tools/code-interpreter/process-tree.ts";
import { SandboxError } from "../../tools/code-interpreter/sandbox.ts";
import { nicenessOf, sessionNicenessOf, stateOf } from "../processes.ts";
import { LIMITS, NEVER, type SandboxStand } from "./stand.ts";

/** How long sessions last, and that they have nothing of each other. */
export function testSessions({ sandbox, open, closeAll, report, atRest }: SandboxStand): void {
  describe("sessions", () => {
    afterEach(closeAll);
    /** What the processes of all sessions have among them. */
    const ofOwnProcesses = async (ask: (pid: number) => Promise<unknown>): Promise<unknown[]> => {
      const own = processTree(process.pid).filter((pid) => !atRest().includes(pid));
      return [...new Set(await Promise.all(own.map(ask)))];
    };

    it("have variables and files of their own", async () => {
      const [one, other] = await Promise.all([open(), open()]);
      await one.run(
        "secret = 1\nopen('secret.txt', 'w').write('s')\nopen('/tmp/secret.txt', 'w').write('s')",
        NEVER,
      );
      const outcome = await other.run(
        "import os\n'secret' in globals(), os.listdir('.'), os.listdir('/tmp')",
        NEVER,
      );
      expect(outcome.result).toBe("(False, [], [])");
    });

    it("end when a run is aborted, and the run rejects with the reason", async () => {
      const session = await open();
      const abort = new AbortController();
      const running = session.run("while True: pass", abort.signal);
      const reason = new Error("nobody waits any more");
      setImmediate(() => abort.abort(reason));
      await expect(running).rejects.toBe(reason);
      expect(session.hasEnded).toBe(true);
      await expect(session.run("1", NEVER)).rejects.toThrow(SandboxError);
    });

    it("are not started when nobody waits any more", async () => {
      const start = sandbox.open({ files: [], limits: LIMITS, signal: AbortSignal.abort() });
      await expect(start).rejects.toThrow("aborted");
    });

    it("close once and for all", async () => {
      const session = await open();
      await session.close();
      await session.close();
      expect(session.hasEnded).toBe(true);
    });

    it("are spoken for by one process, however the code has forked", async ({ skip }) => {
      if (!report().capabilities.subprocesses) skip("it has no processes");
      const session = await open();
      const forked = await session.run(
        "import os\nspeaker = os.getpid()\nchild = os.fork()\nchild == 0 or os.waitpid(child, 0) == (child, 0)",
        NEVER,
      );
      expect(forked).toMatchObject({ result: "True", error: null });
      expect((await session.run("os.getpid() == speaker", NEVER)).result).toBe("True");
    });

    it("end the processes of a run with it", async ({ skip }) => {
      if (!report().capabilities.subprocesses) skip("it has no processes");
      const session = await open();
      await session.run("import os\nchild = os.fork()\nwhile child == 0: pass", NEVER);
      // Status 9: killed.
      const ended = await session.run("os.waitpid(child, 0) == (child, 9)", NEVER);
      expect(ended.result).toBe("True");
    });

    it("stand behind the server, and cannot put themselves before it", async ({ skip }) => {
      if (process.platform !== "linux") skip("only Linux tells");
      const session = await open();
      await session.run(
        "import os\nfor what in ('setsid()', 'setpriority(0, 0, 0)', 'sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))'):\n  try: eval('os.' + what)\n  except (OSError, AttributeError): pass",
        NEVER,
      );
      expect(await ofOwnProcesses(nicenessOf)).toEqual([Math.min(getPriority() + 5, 19)]);
      expect([[5], [null]]).toContainEqual(await ofOwnProcesses(sessionNicenessOf));
    });

    it("do nothing between runs, whatever the code has left behind", async ({ skip }) => {
      if (process.platform !== "linux") skip("only Linux tells");
      const session = await open();
      await session.run(
        "import threading\ndef spin():\n    while True: pass\ntry: threading.Thread(target=spin, daemon=True).start()\nexcept RuntimeError: pass",
        NEVER,
      );
      // A process stops when it is its turn next.
      await expect.poll(() => ofOwnProcesses(stateOf)).toEqual(["T"]);
      expect((await session.run("1 + 1", NEVER)).result).toBe("2");
    });
  });
}
