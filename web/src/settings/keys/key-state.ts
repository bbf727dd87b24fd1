import type { KeyBody } from "../../../../src/protocol/keys.ts";

/** Neither revoked nor expired. `now`: Unix seconds. */
export function isLiving({ revoked_at, expires_at }: KeyBody, now: number): boolean {
  return revoked_at === null && (expires_at === null || expires_at > now);
}
