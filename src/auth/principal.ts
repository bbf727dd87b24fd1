import type { DocumentAccess } from "./document-access.ts";
import type { Budget, Mode, RateLimits, Scope } from "../config/settings.ts";

/** On whose behalf a request is made. */
export interface Principal {
  /** Owner of everything the request creates and can see. */
  tenant: string;
  /** Name of the key, object id of a token's user, or issuer and subject of who has signed in, for logs and limits; null on a server without keys. */
  keyName: string | null;
  scopes: readonly Scope[];
  /** Null: the server's. */
  mode: Mode | null;
  rateLimits: RateLimits;
  /** Null: no end of it. */
  budget: Budget | null;
  /** Who has signed in; absent for keys and tokens. */
  user?: User;
  /** Absent: every document of the tenant. */
  access?: DocumentAccess;
}

/** As their provider calls them: for people to read, not to know them by. */
export interface User {
  name: string;
  email: string | null;
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
