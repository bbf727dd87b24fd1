import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A Python with `requests` and `openai`. */
export const PYTHON = process.env["GROUNDWIRE_TEST_PYTHON"] ?? "python3";
/** One with the major version of `openai` before; null: only the current one is tried. */
export const PREVIOUS_PYTHON = process.env["GROUNDWIRE_TEST_PYTHON_PREVIOUS"] ?? null;

export async function requirePython(): Promise<void> {
  await runPython("import requests, openai", {}).catch((error: unknown) => {
    throw new Error(
      "These tests need Python with the packages requests, openai and azure-identity: `python3 -m venv /tmp/venv && /tmp/venv/bin/pip install requests openai azure-identity`, then set GROUNDWIRE_TEST_PYTHON=/tmp/venv/bin/python.",
      { cause: error },
    );
  });
}

/** Runs a program and answers what it printed; rejects when it does not end with 0. */
export async function runPython(
  program: string,
  environment: Record<string, string>,
  { folder, python = PYTHON }: { folder?: string; python?: string } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(python, ["-c", program], {
    env: { PATH: process.env["PATH"], ...environment },
    ...(folder ? { cwd: folder } : {}),
    timeout: 60_000,
  });
  return stdout;
}
