import { errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import type { SignInSettings } from "../../config/sign-in-settings.ts";
import { createSigningKeys } from "../signing-keys.ts";
import type { SignInProvider } from "./provider.ts";

/** By which the provider itself says that somebody's session there has ended (OpenID Connect Back-Channel Logout 1.0). */
export interface LogoutTokens {
  /**
   * Whose session, or which one; null: the token says nothing that holds.
   * Rejects with GroundwireError `sign_in_unavailable` when the signing keys cannot be fetched.
   */
  read(
    token: string,
    signal: AbortSignal,
  ): Promise<{ subject: string | null; providerSession: string | null } | null>;
}

export interface LogoutTokensOptions {
  settings: SignInSettings;
  provider: SignInProvider;
  /** Unix seconds. */
  now: () => number;
}

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
/** Older ones are not taken: somebody may have kept them. */
const MOST_AGE_SECONDS = 5 * 60;
const CLOCK_SKEW_SECONDS = 30;

/** What makes a token one of this kind. An ID token has a nonce and no such event. */
const claimsSchema = z
  .object({
    sub: z.string().min(1).nullish(),
    sid: z.string().min(1).nullish(),
    events: z.object({ [EVENT]: z.object({}) }),
    nonce: z.undefined().optional(),
  })
  .refine(({ sub, sid }) => typeof sub === "string" || typeof sid === "string");

export function createLogoutTokens({ settings, provider, now }: LogoutTokensOptions): LogoutTokens {
  let known: { url: string; keys: JWTVerifyGetKey } | null = null;
  const keysAt = (url: string): JWTVerifyGetKey => {
    if (known?.url !== url)
      known = { url, keys: createSigningKeys(url, { now, issuer: settings.name }) };
    return known.keys;
  };

  return {
    async read(token, signal) {
      const { issuer, jwksUrl } = await provider.signer(signal);
      try {
        const { payload } = await jwtVerify(token, keysAt(jwksUrl), {
          issuer,
          audience: settings.clientId,
          requiredClaims: ["jti"],
          maxTokenAge: MOST_AGE_SECONDS,
          clockTolerance: CLOCK_SKEW_SECONDS,
          currentDate: new Date(now() * 1000),
        });
        const { data } = claimsSchema.safeParse(payload);
        if (data === undefined) return null;
        return { subject: data.sub ?? null, providerSession: data.sid ?? null };
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}
