import { afterAll, beforeAll, expect } from "vitest";

import { processTree } from "../../tools/code-interpreter/process-tree.ts";
import {
  DEFAULT_LIMITS,
  type Sandbox,
  type SandboxFile,
  type SandboxLimits,
  type SandboxReport,
  type SandboxSession,
} from "../../tools/code-interpreter/sandbox.ts";

export const MEBIBYTE = 1024 * 1024;
export const LIMITS: SandboxLimits = { ...DEFAULT_LIMITS, seconds: 60, memoryMb: 512, diskMb: 64 };
export const NEVER = new AbortController().signal;
export const START_MS = 120_000;

export interface SandboxNeeds {
  /** Must be there. */
  libraries?: string[];
  /** What to do when it does not work. */
  toInstall?: string;
}

/** A sandbox that works, and the sessions that tests have opened in it. */
export interface SandboxStand {
  sandbox: Sandbox;
  libraries: string[];
  /** What its probe has said. */
  report(): SandboxReport & { works: true };
  /** The server and what it keeps running between sessions. */
  atRest(): number[];
  open(limits?: Partial<SandboxLimits>, files?: SandboxFile[]): Promise<SandboxSession>;
  closeAll(): Promise<void>;
}

/** Within a `describe`: probes the sandbox first, and sees at the end that no process is left. */
export function createStand(
  name: string,
  sandbox: Sandbox,
  { libraries = [], toInstall = "" }: SandboxNeeds,
): SandboxStand {
  const sessions: SandboxSession[] = [];
  let report: SandboxReport & { works: true };
  let atRest: number[];

  beforeAll(async () => {
    const found = await sandbox.probe(NEVER);
    if (!found.works) throw new Error(`${name} does not work: ${found.reason} ${toInstall}`);
    report = found;
    atRest = processTree(process.pid);
    expect(Object.keys(found.libraries)).toEqual(libraries);
  }, START_MS);
  afterAll(() => {
    expect(processTree(process.pid)).toEqual(atRest);
  });

  return {
    sandbox,
    libraries,
    report: () => report,
    atRest: () => atRest,
    async open(limits = {}, files = []) {
      const session = await sandbox.open({
        files,
        limits: { ...LIMITS, ...limits },
        signal: NEVER,
      });
      sessions.push(session);
      return session;
    },
    async closeAll() {
      await Promise.all(sessions.splice(0).map((session) => session.close()));
    },
  };
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
