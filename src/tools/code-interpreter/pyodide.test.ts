import { createWriteStream, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";

import { afterAll, beforeAll, expect, test } from "vitest";
import { ZipFile } from "yazl";

import { createLauncher } from "./launcher.ts";
import { pyodideSandbox } from "./pyodide.ts";
import { DEFAULT_LIMITS, type RunOutcome, type SandboxSession } from "./sandbox.ts";

// The whole contract kit takes minutes and is run by `npm run test:engines`.
const NEVER = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "groundwire-pyodide-"));
const cacheFolder = join(folder, "cache");
const wheels = join(folder, "wheels");
const launcher = createLauncher();
const sandbox = pyodideSandbox({ wheels, cacheFolder, launcher, usesBubblewrap: false });
let session: SandboxSession;

beforeAll(async () => {
  mkdirSync(wheels);
  const wheel = new ZipFile();
  wheel.addBuffer(Buffer.from("def hello(): return 'from a wheel'\n"), "greeting/__init__.py");
  wheel.addBuffer(Buffer.from("single = 1\n"), "single_module.py");
  wheel.end();
  const path = join(wheels, "greeting-1.0-py3-none-any.whl");
  await finished(wheel.outputStream.pipe(createWriteStream(path)));
  session = await sandbox.open({ files: [], limits: DEFAULT_LIMITS, signal: NEVER });
}, 120_000);

afterAll(async () => {
  await session.close();
  launcher.close();
  rmSync(folder, { recursive: true });
});

const run = (code: string): Promise<RunOutcome> => session.run(code, NEVER);

test("code runs without any service, and starts from a snapshot that was made once", async () => {
  expect((await run("sum(range(10))")).result).toBe("45");
  expect(readdirSync(cacheFolder)).toEqual([expect.stringMatching(/^pyodide-.*\.snapshot$/u)]);
});

test("wheels of the folder can be imported from", async () => {
  expect((await run("import greeting\ngreeting.hello()")).result).toBe("'from a wheel'");
  expect((await run("from single_module import single\nsingle")).result).toBe("1");
});

test("a package that no wheel brings is named as missing", async () => {
  expect((await run("import numpy")).error?.message).toBe("No module named 'numpy'");
});

test("sessions that start from the same snapshot draw other random numbers", async () => {
  const other = await sandbox.open({ files: [], limits: DEFAULT_LIMITS, signal: NEVER });
  const code = "import random\nrandom.random()";
  const [one, another] = await Promise.all([run(code), other.run(code, NEVER)]);
  await other.close();
  expect(one.result).not.toBe(another.result);
});

test("a probe tells what there is, and what is weaker without bubblewrap", async () => {
  expect(await sandbox.probe(NEVER)).toMatchObject({
    works: true,
    libraries: {},
    capabilities: { kernelIsolation: false, subprocesses: false },
    weaknesses: [
      expect.stringContaining("bubblewrap"),
      ...(process.platform === "linux" ? [] : [expect.any(String)]),
    ],
  });
});

test("a probe tells why it does not work", async () => {
  const missing = join(folder, "missing");
  const report = await pyodideSandbox({ wheels: missing, cacheFolder, launcher }).probe(NEVER);
  expect(report).toEqual({
    works: false,
    reason: `The folder of wheels ${missing} cannot be read.`,
  });
});
