import { createRemoteJWKSet, customFetch, errors } from "jose";
import type { JWTVerifyGetKey } from "jose";
import { GroundwireError } from "../protocol/errors.ts";

const FETCH_TIMEOUT_MS = 5_000;
/** Keys are fetched anew at this age; providers announce new ones long before they sign with them. */
const KEYS_MAX_AGE_MS = 60 * 60 * 1000;
/** An unknown key id, which anybody can make up, has the keys fetched at most this often. */
const REFETCH_PAUSE_MS = 30_000;
/** After a failed fetch the next one waits this long, in seconds. */
const FAILURE_PAUSE_SECONDS = 5;

export interface SigningKeysOptions {
  /** Unix seconds. */
  now: () => number;
  /** Who signs, for people to read. */
  issuer: string;
}

/**
 * The keys published at the URL. Whatever goes wrong there is not the fault of the token, which is neither refused nor let in:
 * GroundwireError `sign_in_unavailable`.
 */
export function createSigningKeys(
  url: string,
  { now, issuer }: SigningKeysOptions,
): JWTVerifyGetKey {
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
        `The keys that tokens of ${issuer} are signed with cannot be fetched just now, so the token cannot be checked. Try again in a moment.`,
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
