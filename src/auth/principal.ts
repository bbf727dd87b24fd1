import type { DocumentAccess } from "./document-access.ts";
import type { Budget, Mode, RateLimits, Scope } from "../config/settings.ts";

/** On whose behalf a request is made. */
export interface Principal {
  /** Owner of everything the request creates and can see. */
  tenant: string;
  /** Name of the key, or the object id of a token's user, for logs and limits; null on a server without keys. */
  keyName: string | null;
  scopes: readonly Scope[];
  /** Null: the server's. */
  mode: Mode | null;
  rateLimits: RateLimits;
  /** Null: no end of it. */
  budget: Budget | null;
  /** Absent: every document of the tenant. */
  access?: DocumentAccess;
}

export const UNLIMITED: RateLimits = { requestsPerMinute: null, tokensPerMinute: null };

/** Who everybody is on a server without keys. */
export const KEYLESS: Principal = {
  tenant: "default",
  keyName: null,
  scopes: ["chat", "files", "admin"],
  mode: null,
  rateLimits: UNLIMITED,
  budget: null,
};
