import { expect, test } from "vitest";

import { createLauncher } from "./launcher.ts";
import { pythonSandbox } from "./python-bubblewrap.ts";

// The contract kit is run by `npm run test:engines`, which needs bubblewrap.
test("a probe without that Python says what to install", async () => {
  const report = await pythonSandbox({
    python: "/nowhere/python3",
    launcher: createLauncher(),
  }).probe(AbortSignal.timeout(10_000));
  expect(report).toEqual({
    works: false,
    reason: "/nowhere/python3 cannot be run: install python3 or name another one.",
  });
});
