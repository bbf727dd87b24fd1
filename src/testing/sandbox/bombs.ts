import { afterEach, describe, expect, it } from "vitest";

import { attack } from "./attack.ts";
import type { SandboxStand } from "./stand.ts";

/** Code that takes time, processes and memory. */
export function testBombs(stand: SandboxStand): void {
  describe("is not harmed by", () => {
    afterEach(stand.closeAll);

    it("a loop without end", async () => {
      const outcome = await attack(stand, "print('before')\nwhile True: pass", { seconds: 1 });
      expect(outcome.error?.name).toBe("TimeoutError");
      expect(outcome.stdout).toBe("before\n");
    });

    it("a loop that catches everything", async () => {
      const outcome = await attack(
        stand,
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        { seconds: 1 },
      );
      expect(outcome.error?.name).toBe("TimeoutError");
    });

    it("a loop that hears no signal", async () => {
      const outcome = await attack(
        stand,
        "import signal\nfor number in signal.valid_signals():\n  try: signal.signal(number, signal.SIG_IGN)\n  except (OSError, ValueError): pass\ntry: signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\nexcept (OSError, AttributeError): pass\nwhile True: pass",
        { seconds: 1 },
      );
      expect(outcome.error?.name).toBe("TimeoutError");
    });

    it("signals to everybody it can reach", async () => {
      const outcome = await attack(
        stand,
        "import os\nfor pid in (1, 0, -1):\n  for number in (19, 9):\n    try: os.kill(pid, number)\n    except (OSError, AttributeError): pass",
        { seconds: 2 },
      );
      expect(["SandboxError", "TimeoutError", undefined]).toContain(outcome.error?.name);
    });

    it("daemons that have left their parents", async ({ skip }) => {
      if (!stand.report().capabilities.subprocesses) skip("it has no processes");
      const outcome = await attack(
        stand,
        "import os, time\nfor _ in range(4):\n  if os.fork() == 0:\n    if os.fork() == 0:\n      os.setpgid(0, 0)\n      while True: time.sleep(1)\n    os._exit(0)\n'started'",
      );
      expect(outcome).toMatchObject({ error: null, result: "'started'" });
    });

    it("a fork bomb", async () => {
      const outcome = await attack(
        stand,
        "import os\nchildren = 0\ntry:\n  while True:\n    if os.fork() == 0:\n      while True: pass\n    children += 1\nexcept OSError: pass\nprint(children)",
        { seconds: 20, processes: 16 },
      );
      expect(outcome.error).toBeNull();
      expect(outcome.stdout).toMatch(/^\d+\n$/u);
      expect(Number(outcome.stdout)).toBeLessThan(16);
    });

    it("forks of forks that never end", async () => {
      const outcome = await attack(
        stand,
        "import os\nwhile True:\n  try: os.fork()\n  except OSError as error:\n    if error.errno != 11: raise",
        { seconds: 2 },
      );
      expect(outcome.error?.name).toMatch(/^(?:TimeoutError|OSError)$/u);
    });

    it("one object larger than its memory", async () => {
      const { error } = await attack(stand, "x = bytearray(700 << 20)");
      // Python's own: the session goes on.
      expect(error).toMatchObject({ name: "MemoryError", traceback: expect.any(String) });
    });

    it("memory taken piece by piece", async () => {
      const { error } = await attack(stand, "kept = []\nwhile True: kept.append(b'x' * (1 << 20))");
      expect(error?.name).toBe("MemoryError");
    });

    it("memory of many processes together", async () => {
      const outcome = await attack(
        stand,
        "import os, time\ntry:\n  for _ in range(8):\n    if os.fork() == 0:\n      kept = b'x' * (300 << 20)\n      time.sleep(60)\n  time.sleep(60)\nexcept OSError: raise MemoryError",
      );
      expect(outcome.error?.name).toBe("MemoryError");
    });

    it("memory that is shared or lies in files", async () => {
      const { error } = await attack(
        stand,
        "import mmap\nkept = []\nwhile True:\n  kept.append(mmap.mmap(-1, 50 << 20))\n  kept[-1].write(b'x' * (50 << 20))",
      );
      expect(error?.name).toMatch(/^(?:MemoryError|OSError)$/u);
    });
  });
}
