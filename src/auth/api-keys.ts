import { hash, timingSafeEqual } from "node:crypto";
import type { ApiKeySetting } from "../config/settings.ts";
import type { Principal } from "./principal.ts";

export interface ApiKeys {
  /** No key is configured: everybody on this machine may call. */
  readonly none: boolean;
  /** Whose key this is; null when nobody's. Takes the same time whether and wherever it matches. */
  find(presented: string): Principal | null;
}

export function createApiKeys(settings: ApiKeySetting[]): ApiKeys {
  const known = settings.map(({ name, key, ...rest }) => ({
    digest: digestOf(key),
    principal: { ...rest, keyName: name },
  }));
  return {
    none: known.length === 0,
    find(presented) {
      const digest = digestOf(presented);
      let found: Principal | null = null;
      for (const entry of known) {
        if (timingSafeEqual(entry.digest, digest)) found = entry.principal;
      }
      return found;
    },
  };
}

/** Equal lengths for the constant-time comparison, and no key in memory longer than needed. */
function digestOf(key: string): Buffer {
  return hash("sha256", key, "buffer");
}
