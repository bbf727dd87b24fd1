/** The command was called wrongly; the message says how to call it. Exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;
