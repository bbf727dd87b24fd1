import type * as OpenIdClient from "openid-client";
import type { ClientAuth, Configuration } from "openid-client";
import type { SignInSettings } from "../../config/sign-in-settings.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import type { SignInProblem } from "../../protocol/sign-in.ts";
import { createTtlCache } from "../../util/ttl-cache.ts";
import { type Claims, claimsRead } from "./member.ts";
import type { SignedIn } from "./sessions.ts";

/** What has to be remembered while somebody is at the provider. Their browser keeps it. */
export interface Attempt {
  state: string;
  nonce: string;
  codeVerifier: string;
}

export type SignInOutcome =
  | SignedIn
  /** `reason` is for the log: it names what the provider answered, never a token. */
  | { problem: SignInProblem; reason: string };

/** The provider of OpenID Connect, as its metadata describe it. Nothing is asked of it before it is needed. */
export interface SignInProvider {
  /** Where to send the browser. Rejects with GroundwireError `sign_in_unavailable`. */
  begin(redirectUri: string, signal: AbortSignal): Promise<{ location: string; attempt: Attempt }>;
  /** Makes of what the browser has brought back who it is. `callback`: the whole address it was sent to. */
  finish(callback: URL, attempt: Attempt, signal: AbortSignal): Promise<SignInOutcome>;
  /** Who signs, and where its keys are. Rejects with GroundwireError `sign_in_unavailable`. */
  signer(signal: AbortSignal): Promise<{ issuer: string; jwksUrl: string }>;
  /** Where to send the browser to sign out there, too; null: there is no such place, or it cannot be found out. */
  signOutLocation(
    options: { idToken: string; returnTo: string },
    signal: AbortSignal,
  ): Promise<string | null>;
}

const CALL_TIMEOUT_SECONDS = 10;
/** Providers announce new keys and addresses long before they need them. */
const METADATA_TTL_MS = 60 * 60 * 1000;
const RETRY_AFTER_SECONDS = 5;

type Library = typeof OpenIdClient;

interface Known {
  library: Library;
  configuration: Configuration;
}

/** `onDoubt` is told what an operator should know of a sign-in that succeeds all the same. */
export function createSignInProvider(
  settings: SignInSettings,
  onDoubt: (reason: string) => void,
): SignInProvider {
  const metadata = createTtlCache<Known>({ ttlMs: METADATA_TTL_MS, most: 1 });
  const discovered = (signal: AbortSignal): Promise<Known> =>
    metadata.get(settings.issuer, { load: () => discover(settings), signal });

  const reached = (signal: AbortSignal): Promise<Known> =>
    discovered(signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new GroundwireError(
        "sign_in_unavailable",
        `${settings.name} cannot be asked how one signs in there (${reasonOf(error)}).`,
        {
          advice:
            "Try again in a moment; if it stays so, see whether 'sign_in.issuer' is what the provider calls itself: its metadata are at that address with /.well-known/openid-configuration.",
          retryAfter: RETRY_AFTER_SECONDS,
          cause: error,
        },
      );
    });

  return {
    async begin(redirectUri, signal) {
      const { library, configuration } = await reached(signal);
      const attempt: Attempt = {
        state: library.randomState(),
        nonce: library.randomNonce(),
        codeVerifier: library.randomPKCECodeVerifier(),
      };
      const location = library.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: settings.openidScopes.join(" "),
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await library.calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: "S256",
      });
      return { location: location.href, attempt };
    },

    async finish(callback, { state, nonce, codeVerifier }, signal) {
      if (callback.searchParams.get("state") !== state)
        return { problem: "expired", reason: "the state is not the one of this browser" };
      try {
        const { library, configuration } = await discovered(signal);
        const tokens = await library.authorizationCodeGrant(configuration, callback, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        const { id_token: idToken } = tokens;
        if (claims === undefined || idToken === undefined)
          return { problem: "failed", reason: "the provider sent no ID token" };
        const more = await tellMore({ library, configuration }, claims, tokens.access_token);
        return {
          claims: { ...more, ...claims },
          idToken,
          providerSession: typeof claims["sid"] === "string" ? claims["sid"] : null,
        };
      } catch (error) {
        signal.throwIfAborted();
        return { problem: problemOf(error), reason: reasonOf(error) };
      }
    },

    async signer(signal) {
      const { issuer, jwks_uri: jwksUrl } = (await reached(signal)).configuration.serverMetadata();
      // Discovery of OpenID Connect requires it.
      if (jwksUrl === undefined) throw new Error("the provider publishes no keys");
      return { issuer, jwksUrl };
    },

    async signOutLocation({ idToken, returnTo }, signal) {
      const known = await discovered(signal).catch(() => null);
      if (known?.configuration.serverMetadata().end_session_endpoint === undefined) return null;
      return known.library.buildEndSessionUrl(known.configuration, {
        id_token_hint: idToken,
        post_logout_redirect_uri: returnTo,
      }).href;
    },
  };

  /** Many providers put some claims, or all, at their UserInfo endpoint only. What cannot be had there is missing: nobody gets in by it. */
  async function tellMore(
    { library, configuration }: Known,
    claims: Claims,
    accessToken: string,
  ): Promise<Record<string, unknown>> {
    const isMissing = claimsWanted(settings).some((claim) => claims[claim] === undefined);
    const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
    if (!isMissing || !hasMore) return {};
    try {
      return await library.fetchUserInfo(configuration, accessToken, claims.sub);
    } catch (error) {
      onDoubt(`the UserInfo endpoint could not be asked: ${reasonOf(error)}`);
      return {};
    }
  }
}

async function discover(settings: SignInSettings): Promise<Known> {
  const library = await import("openid-client");
  const configuration = await library.discovery(
    new URL(settings.issuer),
    settings.clientId,
    settings.clientSecret === null ? {} : { client_secret: settings.clientSecret },
    clientAuthentication(library, settings),
    {
      timeout: CALL_TIMEOUT_SECONDS,
      execute: [
        // ID tokens come straight from the provider; their signature is checked all the same.
        library.enableNonRepudiationChecks,
        // The configuration takes http for loopback only.
        ...(settings.issuer.startsWith("http:") ? [library.allowInsecureRequests] : []),
      ],
    },
  );
  return { library, configuration };
}

/** Basic is what the specification has where nothing is said. */
function clientAuthentication(
  library: Library,
  { clientSecret, clientAuthentication: chosen }: SignInSettings,
): ClientAuth {
  if (clientSecret === null) return library.None();
  const basic = library.ClientSecretBasic(clientSecret);
  const post = library.ClientSecretPost(clientSecret);
  return (server, ...rest) => {
    const offered = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const usesBasic =
      chosen === null ? offered.includes("client_secret_basic") : chosen === "basic";
    return (usesBasic ? basic : post)(server, ...rest);
  };
}

/** Claims whose absence is a reason to ask further. */
function claimsWanted(settings: SignInSettings): string[] {
  const { requiredGroups, adminGroups, tenants, allowedDomains, groupsClaim } = settings;
  const goesByGroups = requiredGroups.length + adminGroups.length + tenants.length > 0;
  return claimsRead(settings).filter((claim) => {
    if (claim === groupsClaim) return goesByGroups || claim === settings.accessClaim;
    if (claim === "email_verified") return allowedDomains.length > 0;
    return claim === "name" || claim === "email" || claim === settings.accessClaim;
  });
}

/** Errors of the provider, as OAuth 2 and OpenID Connect name them. */
const PROBLEMS: Partial<Record<string, SignInProblem>> = {
  temporarily_unavailable: "unavailable",
  server_error: "unavailable",
  access_denied: "refused",
  login_required: "refused",
  consent_required: "refused",
  interaction_required: "refused",
  // The code has been used, or has expired.
  invalid_grant: "expired",
};

function problemOf(error: unknown): SignInProblem {
  const told = textOf(error, "error");
  if (told !== null) return PROBLEMS[told] ?? "failed";
  return isOutOfReach(error) ? "unavailable" : "failed";
}

/** No connection, no answer in time, or an answer that says it is the provider's own fault. */
function isOutOfReach(error: unknown): boolean {
  const code = textOf(error, "code");
  if (error instanceof TypeError) return error.message === "fetch failed";
  if (code === "OAUTH_TIMEOUT") return true;
  return error instanceof Error && error.cause instanceof Response && error.cause.status >= 500;
}

/** Causes hold tokens and bodies, so that nothing of them is told. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "an unknown error";
  const status = error.cause instanceof Response ? `HTTP ${error.cause.status}` : null;
  const told = ["code", "error", "error_description"].map((name) => textOf(error, name));
  const details = [status, ...told];
  return [error.message, ...details.filter((detail) => detail !== null)].join("; ").slice(0, 500);
}

function textOf(error: unknown, name: string): string | null {
  if (typeof error !== "object" || error === null) return null;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : null;
}
