import { vi } from "vitest";

/** Resolves when the check passes; a busy machine takes its time. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 15_000 });
}
