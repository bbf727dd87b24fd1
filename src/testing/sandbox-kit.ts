import { describe } from "vitest";

import type { Sandbox } from "../tools/code-interpreter/sandbox.ts";
import { testBombs } from "./sandbox/bombs.ts";
import { testFloods } from "./sandbox/floods.ts";
import { testRunning } from "./sandbox/running.ts";
import { testSessions } from "./sandbox/sessions.ts";
import { createStand, type SandboxNeeds, START_MS } from "./sandbox/stand.ts";
import { testWalls } from "./sandbox/walls.ts";

/**
 * What every sandbox must do, and what no code may do to it, in the words of `sandbox.ts`. Everything is tried from inside.
 */
export function testSandbox(name: string, sandbox: Sandbox, needs: SandboxNeeds = {}): void {
  describe(`sandbox: ${name}`, { timeout: START_MS }, () => {
    const stand = createStand(name, sandbox, needs);
    testRunning(stand);
    testSessions(stand);
    testWalls(stand);
    testBombs(stand);
    testFloods(stand);
  });
}
