import { createRemoteJWKSet, customFetch, errors, jwtVerify } from "jose";
import type { JWTPayload, JWTVerifyGetKey } from "jose";
import type { EntraSettings } from "../config/settings.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { accessOf } from "./document-access.ts";
import { type Principal, UNLIMITED } from "./principal.ts";

/** Tells who holds a token of Microsoft Entra. */
export interface TokenVerifier {
  /**
   * Null: the token lets nobody in.
   * Rejects with GroundwireError `sign_in_unavailable` when the signing keys cannot be fetched.
   */
  verify(token: string): Promise<Principal | null>;
}

const FETCH_TIMEOUT_MS = 5_000;
/** Keys are fetched anew at this age; Entra announces new ones days before it signs with them. */
const KEYS_MAX_AGE_MS = 60 * 60 * 1000;
/** An unknown key id, which anybody can make up, has the keys fetched at most this often. */
const REFETCH_PAUSE_MS = 30_000;
/** After a failed fetch the next one waits this long, in seconds. */
const FAILURE_PAUSE_SECONDS = 5;

/** @param now Unix seconds. */
export function createEntraVerifier(settings: EntraSettings, now: () => number): TokenVerifier {
  const signingKey = createSigningKeys(settings.jwksUrl, now);
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

/** The keys at the URL. Whatever goes wrong there is not the fault of the token: it is neither refused nor let in. */
function createSigningKeys(url: string, now: () => number): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: REFETCH_PAUSE_MS,
    [customFetch]: fetchUnlessPaused,
  });
  let pausedUntil = 0;
  async function fetchUnlessPaused(...request: Parameters<typeof fetch>): Promise<Response> {
    if (now() < pausedUntil) throw new Error("the last fetch has failed only just now");
    return fetch(...request);
  }
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (isFaultOfToken(error)) throw error;
      if (now() >= pausedUntil) pausedUntil = now() + FAILURE_PAUSE_SECONDS;
      throw new GroundwireError(
        "sign_in_unavailable",
        "The keys that tokens of Microsoft Entra are signed with cannot be fetched just now, so the token cannot be checked. Try again in a moment.",
        { retryAfter: FAILURE_PAUSE_SECONDS, cause: error },
      );
    }
  };
}

function isFaultOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
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
