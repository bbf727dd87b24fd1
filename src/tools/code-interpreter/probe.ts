import { once } from "node:events";
import { createServer } from "node:net";

import { z } from "zod";

import { readPythonFile } from "./python-files.ts";
import {
  DEFAULT_LIMITS,
  type RunOutcome,
  type Sandbox,
  type SandboxCapabilities,
  SandboxError,
  type SandboxReport,
  type SandboxSession,
} from "./sandbox.ts";

const findings = z.object({
  breaches: z.array(z.string()),
  python: z.string(),
  libraries: z.record(z.string(), z.string()),
});

/** Opens a session, lets code try the walls from inside, and reports. */
export async function probeSandbox(
  sandbox: Pick<Sandbox, "open">,
  about: {
    signal: AbortSignal;
    capabilities: SandboxCapabilities;
    walls: string[];
    weaknesses?: string[];
  },
): Promise<SandboxReport> {
  const { signal, capabilities, walls, weaknesses = [] } = about;
  try {
    const session = await sandbox.open({ files: [], limits: DEFAULT_LIMITS, signal });
    try {
      const { result, error } = await runProbe(session, signal);
      if (result === null) {
        return {
          works: false,
          reason: `Python started but failed: ${error?.message ?? "no answer"}`,
        };
      }
      const { breaches, ...found } = findings.parse(JSON.parse(unquoted(result)));
      if (breaches.length > 0)
        return { works: false, reason: `It does not hold: ${breaches.join("; ")}.` };
      return { works: true, ...found, capabilities, walls, weaknesses };
    } finally {
      await session.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return { works: false, reason: error instanceof SandboxError ? error.message : String(error) };
  }
}

/** While a server listens that the code must not reach. */
async function runProbe(session: SandboxSession, signal: AbortSignal): Promise<RunOutcome> {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  try {
    await once(server, "listening", { signal });
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const code = await readPythonFile("probe.py");
    const known = `PORT, PROCESSES = ${port}, ${DEFAULT_LIMITS.processes}\n`;
    return await session.run(known + code.toString(), signal);
  } finally {
    server.close();
  }
}

/** `repr` of text without quotes and backslashes in it. */
function unquoted(literal: string): string {
  return literal.slice(1, -1);
}
