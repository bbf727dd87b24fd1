import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";

import { afterAll, expect, test } from "vitest";

import { loadSettings } from "../../src/config/load.ts";
import { testSandbox } from "../../src/testing/sandbox-kit.ts";
import { createCodeInterpreter } from "../../src/tools/code-interpreter/create-code-interpreter.ts";
import { createLauncher } from "../../src/tools/code-interpreter/launcher.ts";
import { pyodideSandbox } from "../../src/tools/code-interpreter/pyodide.ts";
import { pythonSandbox } from "../../src/tools/code-interpreter/python-bubblewrap.ts";

const cacheFolder = mkdtempSync(join(tmpdir(), "groundwire-pyodide-"));
const launcher = createLauncher();
afterAll(() => launcher.close());
afterAll(() => rmSync(cacheFolder, { recursive: true }));

testSandbox("python", pythonSandbox({ python: "/usr/bin/python3", launcher }), {
  libraries: ["numpy", "pandas", "matplotlib"],
  toInstall:
    "These tests need: apt-get install bubblewrap python3-numpy python3-pandas python3-matplotlib, and a system that lets unprivileged users make name spaces.",
});
testSandbox("pyodide in bubblewrap", pyodideSandbox({ wheels: null, cacheFolder, launcher }));
testSandbox(
  "pyodide alone",
  pyodideSandbox({ wheels: null, cacheFolder, launcher, usesBubblewrap: false }),
);

test("fifty calls at a time are all answered in turn, and the server's loop goes on", async ({
  annotate,
}) => {
  const { codeInterpreter: settings } = loadSettings({}).settings;
  const interpreter = createCodeInterpreter({ settings, cacheFolder, onStatus: () => undefined });
  const signal = new AbortController().signal;
  expect(await interpreter.status(signal)).toMatchObject({ state: "ready", sandbox: "python" });

  const milliseconds = await delayDuring(async () => {
    const calls = Array.from({ length: 50 }, async (_, call) => {
      const session = await interpreter.open({ tenant: `tenant ${call % 5}`, files: [], signal });
      const code =
        "import numpy as np\nint((np.arange(2_000_000) % 7).sum()), sum(range(3_000_000))";
      const outcome = await session.run(code, signal).finally(() => session.close());
      return outcome.result;
    });
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["(5999995, 4499998500000)"]));
  });
  await interpreter.close();
  await annotate(`p99 delay of the event loop during 50 calls: ${milliseconds.toFixed(1)} ms`);
}, 300_000);

/** The 99th percentile of how late the event loop was, in milliseconds. */
async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await work();
  delay.disable();
  return delay.percentile(99) / 1e6 - 5;
}
