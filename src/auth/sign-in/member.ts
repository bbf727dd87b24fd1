import type { Scope } from "../../config/settings.ts";
import type { SignInSettings } from "../../config/sign-in-settings.ts";
import { accessOf } from "../document-access.ts";
import type { Principal, User } from "../principal.ts";

/** What a provider says of somebody who has signed in. */
export type Claims = Readonly<Record<string, unknown>> & { iss: string; sub: string };

const EVERY_SCOPE: Scope[] = ["chat", "files", "admin"];
const LONGEST_NAME = 200;

/** As whom somebody is let in, by the configuration as it is now; else why they are not. */
export function memberOf(
  claims: Claims,
  settings: SignInSettings,
): { principal: Principal } | { refusal: string } {
  const { groupsClaim, requiredGroups, adminGroups, tenants, accessClaim } = settings;
  const refusal = refuseDomain(claims, settings.allowedDomains);
  if (refusal !== null) return { refusal };
  const told = accessOf(claims, groupsClaim);
  const groups = told.groups ?? [];
  const isIn = (group: string): boolean => groups.includes(group);
  if (requiredGroups.length > 0 && !requiredGroups.some(isIn)) {
    return { refusal: told.groups === null ? told.reason : "They are in no required group." };
  }
  return {
    principal: {
      tenant: tenants.find(({ group }) => isIn(group))?.tenant ?? settings.tenant,
      keyName: userKey(claims),
      scopes: adminGroups.some(isIn) ? EVERY_SCOPE : settings.scopes,
      mode: null,
      rateLimits: settings.rateLimits,
      budget: settings.budget,
      user: userOf(claims),
      ...(accessClaim === null ? {} : { access: accessOf(claims, accessClaim) }),
    },
  };
}

/** By what a user is known here. An issuer has no fragment, and no name of a key has a '#': it is nobody else's. */
export function userKey({ iss, sub }: Claims): string {
  return `${iss}#${sub}`;
}

export function userOf(claims: Claims): User {
  return { name: nameOf(claims), email: textIn(claims, "email") };
}

/** Claims that `memberOf` reads, of all that a provider may tell. */
export function claimsRead({ groupsClaim, accessClaim }: SignInSettings): string[] {
  return [
    "iss",
    "sub",
    "name",
    "preferred_username",
    "email",
    "email_verified",
    groupsClaim,
    ...(accessClaim === null ? [] : [accessClaim]),
    // By these `accessOf` knows that there were too many groups.
    "_claim_names",
    "hasgroups",
  ];
}

function refuseDomain(claims: Claims, allowed: readonly string[]): string | null {
  if (allowed.length === 0) return null;
  const email = textIn(claims, "email");
  if (email === null || !email.includes("@"))
    return "The provider tells no e-mail address, by which 'allowed_domains' goes.";
  // Anybody may write any address into a profile. Some providers send the word, not the value.
  if (![true, "true"].includes(claims["email_verified"] as string | boolean))
    // whatever else it is, it is not among them
    return "The provider does not say that the e-mail address is verified ('email_verified'), by which 'allowed_domains' goes.";
  const domain = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  return allowed.includes(domain) ? null : "Their e-mail address is of no allowed domain.";
}

function nameOf(claims: Claims): string {
  const named = ["name", "preferred_username", "email"].map((claim) => textIn(claims, claim));
  return (named.find((name) => name !== null) ?? claims.sub).slice(0, LONGEST_NAME);
}

function textIn(claims: Claims, claim: string): string | null {
  const value = claims[claim];
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
