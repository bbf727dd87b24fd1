import { expect, test } from "vitest";

import { chooseSandbox, describeStatus } from "./choose-sandbox.ts";
import type { Sandbox, SandboxName, SandboxReport } from "./sandbox.ts";

const NEVER = new AbortController().signal;
const WORKS: SandboxReport = {
  works: true,
  python: "3.11.2",
  libraries: { numpy: "1.24.2" },
  capabilities: { kernelIsolation: true, subprocesses: true, memoryWatch: true },
  walls: ["a wall"],
  weaknesses: ["a hole"],
};
const BROKEN: SandboxReport = { works: false, reason: "bubblewrap (bwrap) is not installed." };

function drivers(reports: Record<SandboxName, SandboxReport>): Record<SandboxName, () => Sandbox> {
  const driver = (name: SandboxName) => (): Sandbox => ({
    name,
    probe: async () => reports[name],
    open: () => Promise.reject(new Error("not opened here")),
  });
  return { python: driver("python"), pyodide: driver("pyodide") };
}

test("auto takes the strongest that works, and tells which stronger one does not", async () => {
  const both = await chooseSandbox("auto", drivers({ python: WORKS, pyodide: WORKS }), NEVER);
  expect(both.status).toMatchObject({ state: "ready", sandbox: "python", passedOver: [] });
  const one = await chooseSandbox("auto", drivers({ python: BROKEN, pyodide: WORKS }), NEVER);
  expect(one.sandbox?.name).toBe("pyodide");
  expect(describeStatus(one.status)).toEqual([
    "Code interpreter: pyodide, Python 3.11.2, numpy 1.24.2.",
    "python would be stronger but does not work: bubblewrap (bwrap) is not installed.",
    "Weaker than it could be: a hole",
    "Protected by a wall",
  ]);
});

test("a sandbox that is set and does not work is not replaced by another", async () => {
  const choice = await chooseSandbox("python", drivers({ python: BROKEN, pyodide: WORKS }), NEVER);
  expect(choice.sandbox).toBeNull();
  expect(describeStatus(choice.status)).toEqual([
    "Code interpreter: no sandbox works.",
    "python does not work: bubblewrap (bwrap) is not installed.",
  ]);
});

test("off tries nothing", async () => {
  const choice = await chooseSandbox("off", drivers({ python: BROKEN, pyodide: BROKEN }), NEVER);
  expect(describeStatus(choice.status)).toEqual(["Code interpreter: off."]);
});
