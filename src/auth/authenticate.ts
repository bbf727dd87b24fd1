import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { isLoopback } from "../config/open-host.ts";
import type { ApiKeySetting, Settings } from "../config/settings.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { createApiKeys } from "./api-keys.ts";
import { createEntraVerifier } from "./entra.ts";
import { KEYLESS, UNLIMITED } from "./principal.ts";
import type { Principal } from "./principal.ts";
import type { Asking, Sessions } from "./sign-in/sessions.ts";
import type { StoredKeys } from "./stored-keys.ts";

const INVALID_KEY =
  "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.";
const INVALID_TOKEN =
  "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.";

export interface Authenticator {
  /**
   * Tells who calls: by a key in `api-key` or as bearer token, else by a token of Microsoft Entra; with none of these by the
   * session of a browser.
   * Rejects with GroundwireError `unauthorized`, in the words of the service; `forbidden` for a foreign web page on a
   * keyless server or with a session; `sign_in_unavailable` when a token cannot be checked.
   */
  authenticate: (request: Asking) => Promise<Principal>;
  /** True while being on this machine is enough: no key is configured, none was made, no tokens are taken, nobody can sign in. */
  isKeyless: () => Promise<boolean>;
}

export interface AuthenticatorOptions {
  settings: Pick<Settings, "host" | "apiKeys" | "entra">;
  storedKeys: StoredKeys;
  /** Null: nobody can sign in. */
  sessions: Sessions | null;
  /** Lets the command line of this machine manage keys. */
  adminKey: string;
  /** Unix seconds. */
  now: () => number;
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { settings, storedKeys, sessions, adminKey, now } = options;
  const apiKeys = createApiKeys([...settings.apiKeys, operatorKey(adminKey)]);
  const tokens = settings.entra === null ? null : createEntraVerifier(settings.entra, now);
  // A server that others can reach stays closed even when its last key is revoked while it runs.
  const mayBeKeyless =
    settings.apiKeys.length === 0 &&
    tokens === null &&
    sessions === null &&
    isLoopback(settings.host);
  const isKeyless = async (): Promise<boolean> => mayBeKeyless && !(await storedKeys.any());

  return {
    isKeyless,
    async authenticate(request) {
      const { headers } = request;
      const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
      const presented = [headers["api-key"], bearer].filter((key) => typeof key === "string");
      for (const key of presented) {
        const holder = apiKeys.find(key) ?? (await storedKeys.find(key));
        if (holder !== null) return holder;
      }
      if (await isKeyless()) {
        refuseForeignPages(headers);
        return KEYLESS;
      }
      // Whoever shows a key means to be its holder, and nobody else.
      const signedIn = presented.length === 0 ? await sessions?.find(request) : null;
      if (signedIn) return signedIn;
      if (bearer === undefined || !looksLikeToken(bearer)) {
        throw new GroundwireError("unauthorized", INVALID_KEY);
      }
      const holder = await tokens?.verify(bearer);
      if (holder) return holder;
      throw new GroundwireError("unauthorized", INVALID_TOKEN);
    },
  };
}

function operatorKey(key: string): ApiKeySetting {
  return {
    tenant: KEYLESS.tenant,
    name: "operator",
    key,
    scopes: ["admin"],
    mode: null,
    rateLimits: UNLIMITED,
    budget: null,
    groups: null,
  };
}

function looksLikeToken(bearer: string): boolean {
  return bearer.split(".").length === 3;
}

/**
 * Without keys, being on this machine is the only credential, and any web page open in its browser has it too.
 * Pages of other origins are known by `Origin`; a name that was rebound to this machine by its `Host`.
 */
function refuseForeignPages(headers: IncomingHttpHeaders): void {
  const host = headers.host ?? "";
  if (!isLocalName(hostnameOf(`http://${host}`))) {
    throw new GroundwireError(
      "forbidden",
      "This server has no API keys and answers only to localhost or an IP address. To serve it under a name, make a key with `groundwire keys create` or set GROUNDWIRE_API_KEYS.",
    );
  }
  const { origin } = headers;
  if (origin === undefined || URL.parse(origin)?.host === host) return;
  throw new GroundwireError(
    "forbidden",
    "This server has no API keys and does not answer to web pages of other origins. To allow them, make a key with `groundwire keys create` or set GROUNDWIRE_API_KEYS.",
  );
}

function hostnameOf(url: string): string {
  return URL.parse(url)?.hostname ?? "";
}

function isLocalName(hostname: string): boolean {
  const name = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost");
}
