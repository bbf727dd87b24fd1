import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll } from "vitest";

import { testSandbox } from "../../src/testing/sandbox-kit.ts";
import { pyodideSandbox } from "../../src/tools/code-interpreter/pyodide.ts";
import { pythonSandbox } from "../../src/tools/code-interpreter/python-bubblewrap.ts";

const cacheFolder = mkdtempSync(join(tmpdir(), "groundwire-pyodide-"));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

testSandbox("python", pythonSandbox({ python: "/usr/bin/python3" }), {
  libraries: ["numpy", "pandas", "matplotlib"],
  toInstall:
    "These tests need: apt-get install bubblewrap python3-numpy python3-pandas python3-matplotlib, and a system that lets unprivileged users make name spaces.",
});
testSandbox("pyodide in bubblewrap", pyodideSandbox({ wheels: null, cacheFolder }));
testSandbox("pyodide alone", pyodideSandbox({ wheels: null, cacheFolder, usesBubblewrap: false }));
