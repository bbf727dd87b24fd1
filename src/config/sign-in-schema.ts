import { z } from "zod";

import { isLoopback } from "./open-host.ts";
import { fromText, name, rateLimits, scopes, secret, section, url } from "./section.ts";
import type { SignInSettings } from "./sign-in-settings.ts";
import { budget } from "./usage-schema.ts";

const HOUR_SECONDS = 60 * 60;
const hours = z.preprocess(
  fromText,
  z
    .number()
    .positive()
    .max(24 * 366),
);

/** Directories of Entra that stand for everybody's. */
const ENTRA_FOR_ALL =
  /^https:\/\/login\.microsoftonline\.com\/(?:common|organizations|consumers)\b/u;

/** Providers that everybody can have an account with: being known there says nothing. */
const OPEN_TO_THE_WORLD = [
  "accounts.google.com",
  "appleid.apple.com",
  "gitlab.com",
  "www.linkedin.com",
];

const issuer = url
  .refine((value) => isSafe(new URL(value)), { error: "must be an https URL" })
  .refine((value) => !ENTRA_FOR_ALL.test(value), {
    error:
      "lets in people of every directory. Name yours: https://login.microsoftonline.com/DIRECTORY_ID/v2.0",
  });

const publicUrl = url
  .refine((value) => isSafe(new URL(value)), {
    error: "must be an https URL: browsers send the cookie of a session over nothing else",
  })
  .refine((value) => new URL(value).pathname === "/", {
    error: "must have no path: the page is served at '/', as in https://ask.example.com",
  })
  .transform((value) => new URL(value).origin);

const groups = z.array(z.string().min(1)).default([]);

const domain = z
  .string()
  .regex(/^[\p{L}\d-]+(?:\.[\p{L}\d-]+)+$/u, "must be the part of an address behind its @")
  .transform((value) => value.toLowerCase());

export const signIn = section({
  issuer,
  /** On the button; the provider's host by default. */
  name: z.string().trim().min(1).max(60).optional(),
  client_id: z.string().min(1),
  client_secret: secret.optional(),
  client_authentication: z.enum(["basic", "post"]).optional(),
  public_url: publicUrl.optional(),
  openid_scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/u, "must be the name of a scope"))
    .default(["openid", "profile", "email"])
    .refine((given) => given.includes("openid"), { error: "must have 'openid' among them" }),
  /** That of `access` by default. */
  groups_claim: z.string().min(1).optional(),
  required_groups: groups,
  admin_groups: groups,
  tenants: z.record(z.string().min(1), name).default({}),
  tenant: name.default("default"),
  allowed_domains: z.array(domain).default([]),
  scopes: scopes.default(["chat", "files"]),
  rate_limits: rateLimits,
  budget: budget.optional(),
  session_hours: hours.default(12),
  idle_hours: hours.default(3),
})
  .refine(
    (given) =>
      !OPEN_TO_THE_WORLD.includes(new URL(given.issuer).hostname) ||
      given.allowed_domains.length + given.required_groups.length > 0,
    {
      error:
        "everybody can have an account with this provider: say who is let in, by 'allowed_domains' or 'required_groups'",
      path: ["issuer"],
    },
  )
  .transform((given): Omit<SignInSettings, "accessClaim" | "groupsClaim"> & ClaimGiven => ({
    name: given.name ?? new URL(given.issuer).hostname,
    issuer: given.issuer,
    clientId: given.client_id,
    clientSecret: given.client_secret ?? null,
    clientAuthentication: given.client_authentication ?? null,
    publicUrl: given.public_url ?? null,
    openidScopes: given.openid_scopes,
    groupsClaim: given.groups_claim ?? null,
    requiredGroups: given.required_groups,
    adminGroups: given.admin_groups,
    tenants: Object.entries(given.tenants).map(([group, tenant]) => ({ group, tenant })),
    tenant: given.tenant,
    allowedDomains: given.allowed_domains,
    scopes: given.scopes,
    rateLimits: given.rate_limits,
    budget: given.budget ?? null,
    sessionSeconds: Math.round(given.session_hours * HOUR_SECONDS),
    idleSeconds: Math.round(given.idle_hours * HOUR_SECONDS),
  }));

interface ClaimGiven {
  /** Null: that of `access`. */
  groupsClaim: string | null;
}

/** Over anything else but this machine's own network others could read along. */
function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || isLoopback(hostname.replace(/^\[(.*)\]$/u, "$1"));
}
