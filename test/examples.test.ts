import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

it("the guide's Method 2 finds the passage and puts it into the messages", async () => {
  const folder = await mkdtemp(join(tmpdir(), "groundwire-example-"));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(root, "examples/own-pipeline.ts"),
      join(root, "samples/it-security.pdf"),
      "How long must a password be?",
    ],
    { cwd: folder, env: {} },
  );
  expect(stdout).toContain("14 characters");
  await rm(folder, { recursive: true, force: true });
});
