import { errors, jwtVerify } from "jose";
import type { JWTPayload } from "jose";
import type { EntraSettings } from "../config/settings.ts";
import { accessOf } from "./document-access.ts";
import { type Principal, UNLIMITED } from "./principal.ts";
import { createSigningKeys } from "./signing-keys.ts";

/** Tells who holds a token of Microsoft Entra. */
export interface TokenVerifier {
  /**
   * Null: the token lets nobody in.
   * Rejects with GroundwireError `sign_in_unavailable` when the signing keys cannot be fetched.
   */
  verify(token: string): Promise<Principal | null>;
}

/** @param now Unix seconds. */
export function createEntraVerifier(settings: EntraSettings, now: () => number): TokenVerifier {
  const signingKey = createSigningKeys(settings.jwksUrl, { now, issuer: "Microsoft Entra" });
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, signingKey, {
          // Entra signs with nothing else; this also rules out `none` and secrets made of public keys.
          algorithms: ["RS256"],
          audience: settings.audiences,
          clockTolerance: settings.clockSkewSeconds,
          currentDate: new Date(now() * 1000),
          requiredClaims: ["exp", "iss", "tid"],
        });
        return principalOf(payload, settings);
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}

/** Null for another directory, or an issuer that is not the token's own directory. */
function principalOf(
  payload: JWTPayload,
  { directories, issuers, tenant, scopes, groupsClaim }: EntraSettings,
): Principal | null {
  const { iss, tid, oid, appid, azp, sub } = payload;
  const directory = directories.find((id) => typeof tid === "string" && sameId(id, tid));
  if (directory === undefined) return null;
  if (!issuers.some((issuer) => issuer.replaceAll("{tenantid}", directory) === iss)) return null;
  const holder = [oid, appid, azp, sub].find((claim) => typeof claim === "string");
  if (typeof holder !== "string") return null;
  return {
    tenant: tenant ?? directory,
    keyName: holder,
    scopes,
    mode: null,
    rateLimits: UNLIMITED,
    budget: null,
    ...(groupsClaim === null ? {} : { access: accessOf(payload, groupsClaim) }),
  };
}

function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
