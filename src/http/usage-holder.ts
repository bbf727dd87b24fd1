import type { Principal } from "../auth/principal.ts";
import type { UsageHolder } from "../usage/usage-ledger.ts";

/** Whom usage is booked under. */
export function holderOf({ tenant, keyName }: Principal): UsageHolder {
  return { tenant, key: keyName ?? "" };
}
