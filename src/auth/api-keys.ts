import { timingSafeEqual } from "node:crypto";
import type { ApiKeySetting } from "../config/settings.ts";
import { digestOf } from "./key-text.ts";
import type { Principal } from "./principal.ts";

/** Keys of the configuration. */
export interface ApiKeys {
  /** Whose key this is; null when nobody's. Takes the same time whether and wherever it matches. */
  find(presented: string): Principal | null;
}

export function createApiKeys(settings: ApiKeySetting[]): ApiKeys {
  // Digests are of equal length for the comparison, and no key stays in memory longer than needed.
  const known = settings.map(({ name, key, groups, ...rest }) => ({
    digest: digestOf(key),
    principal: { ...rest, keyName: name, ...(groups === null ? {} : { access: { groups } }) },
  }));
  return {
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
