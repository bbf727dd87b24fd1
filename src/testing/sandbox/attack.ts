import { expect } from "vitest";

import { processTree } from "../../tools/code-interpreter/process-tree.ts";
import {
  type RunOutcome,
  SandboxError,
  type SandboxLimits,
} from "../../tools/code-interpreter/sandbox.ts";
import { MEBIBYTE, NEVER, type SandboxStand } from "./stand.ts";

/** Runs code in a session of its own while the server's loop is watched, and looks what is left afterwards. */
export async function attack(
  { open, atRest }: SandboxStand,
  code: string,
  limits: Partial<SandboxLimits> = {},
): Promise<RunOutcome> {
  const session = await open(limits);
  const before = process.memoryUsage.rss();
  let turns = 0;
  const loop = setInterval(() => turns++, 10);
  const outcome = await session.run(code, NEVER);
  clearInterval(loop);
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * MEBIBYTE);
  if (outcome.durationMs > 500) expect(turns).toBeGreaterThan(5);
  const afterwards = await session.run("1 + 1", NEVER).catch((error: unknown) => error);
  if (session.hasEnded) expect(afterwards).toBeInstanceOf(SandboxError);
  else expect(afterwards).toMatchObject({ result: "2" });
  await session.close();
  await expect.poll(() => processTree(process.pid)).toEqual(atRest());
  return outcome;
}
