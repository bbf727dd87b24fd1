import type { Budget, RateLimits, Scope } from "./settings.ts";

/** How people sign in with a provider of OpenID Connect, and who of them is let in as what. */
export interface SignInSettings {
  /** Of the provider, as people know it. */
  name: string;
  /** URL that the provider's metadata are found under. */
  issuer: string;
  clientId: string;
  /** Null: a public client, which has its code challenge (PKCE) only. */
  clientSecret: string | null;
  /** How the secret is sent; null: as the provider's metadata say. */
  clientAuthentication: "basic" | "post" | null;
  /** Origin under which browsers reach this server; null: loopback, as they ask for it. */
  publicUrl: string | null;
  /** Asked of the provider; `openid` among them. */
  openidScopes: string[];
  /** Claim with the groups or roles that the following three speak of. */
  groupsClaim: string;
  /** Somebody in one of them is let in; empty: everybody. */
  requiredGroups: string[];
  /** Whoever is in one of them has every scope. */
  adminGroups: string[];
  /** The first group somebody is in says which tenant they belong to. */
  tenants: { group: string; tenant: string }[];
  /** Of everybody else. */
  tenant: string;
  /** Of verified e-mail addresses, in lower case; empty: any. */
  allowedDomains: string[];
  scopes: Scope[];
  /** Of each user. */
  rateLimits: RateLimits;
  /** Of each user; null: no end of it. */
  budget: Budget | null;
  /** Longest life of a session. */
  sessionSeconds: number;
  /** A session ends when it has not been used for so long. */
  idleSeconds: number;
  /** Claim with the groups whose documents a user may see; null: all of the tenant. */
  accessClaim: string | null;
}
