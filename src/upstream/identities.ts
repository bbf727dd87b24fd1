import type { AccessToken, TokenCredential } from "@azure/identity";

import type { IdentitySettings } from "../config/settings.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { isNamedBy } from "../util/host-pattern.ts";
import { untilAborted } from "../util/until-aborted.ts";
import { type AudienceName, publicScope, scopeFor } from "./audiences.ts";

/** The managed identity a request wants to be let in by. */
export type ManagedIdentity =
  | { type: "system_assigned_managed_identity" }
  | { type: "user_assigned_managed_identity"; managedIdentityResourceId: string };

export interface Identities {
  /**
   * The header that lets this server into a host. Tokens are sent to hosts of the audience and to those the operator named
   * with an identity, over TLS only.
   * @throws GroundwireError `data_source_invalid` for another host, or when there is no such identity here; the signal's reason when aborted.
   */
  headersFor(wanted: WantedIdentity): Promise<Record<string, string>>;
}

export interface WantedIdentity {
  identity: ManagedIdentity;
  url: URL;
  audience: AudienceName;
  signal: AbortSignal;
}

/** Off Azure the library looks for the identity's service where there is none. */
const TOKEN_TIMEOUT_MS = 10_000;
/** Requests may name any number of identities; the library keeps the tokens of each. */
const MOST_CREDENTIALS = 50;

/** Identities of the machine and, where the operator named others for a host or a resource id, those instead. */
export function createIdentities(configured: readonly IdentitySettings[]): Identities {
  const credentials = new Map<string, Promise<TokenCredential>>();

  function credentialFor(key: string, open: () => Promise<TokenCredential>) {
    const known = credentials.get(key);
    if (known !== undefined) return known;
    const oldest =
      credentials.size >= MOST_CREDENTIALS ? credentials.keys().next().value : undefined;
    if (oldest !== undefined) credentials.delete(oldest);
    const opened = open();
    credentials.set(key, opened);
    return opened;
  }

  return {
    async headersFor({ identity, url, audience, signal }) {
      signal.throwIfAborted();
      const named = configured.find((one) => isFor(one, identity, url)) ?? null;
      const credential = named?.credential ?? { type: "managed_identity" as const };
      if (credential.type === "api_key") return { "api-key": credential.key };
      const isNamedHost = named !== null && named.hosts.length > 0 && url.protocol === "https:";
      const scope = scopeFor(audience, url) ?? (isNamedHost ? publicScope(audience) : null);
      if (scope === null) throw noTokenFor(url);
      const key = JSON.stringify([
        credential,
        credential.type === "managed_identity" ? identity : 0,
      ]);
      try {
        const opened = await credentialFor(key, () => openCredential(credential, identity));
        // The library takes a signal and does not always follow it.
        const until = AbortSignal.any([signal, AbortSignal.timeout(TOKEN_TIMEOUT_MS)]);
        const token = await untilAborted(opened.getToken(scope, { abortSignal: until }), until);
        return bearer(token);
      } catch (cause) {
        signal.throwIfAborted();
        throw noToken(cause);
      }
    },
  };
}

function isFor({ hosts, resourceIds }: IdentitySettings, identity: ManagedIdentity, url: URL) {
  const port = url.port === "" ? 443 : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$|\.$/gu, "");
  if (hosts.length > 0 && !isNamedBy(hosts, host, port)) return false;
  if (resourceIds.length === 0) return true;
  if (identity.type === "system_assigned_managed_identity") return false;
  return resourceIds.includes(identity.managedIdentityResourceId.toLowerCase());
}

/** The library is large, and most servers never need it. */
async function openCredential(
  credential: Exclude<IdentitySettings["credential"], { type: "api_key" }>,
  identity: ManagedIdentity,
): Promise<TokenCredential> {
  const library = await import("@azure/identity");
  switch (credential.type) {
    case "client_secret": {
      const { tenantId, clientId, clientSecret } = credential;
      return new library.ClientSecretCredential(tenantId, clientId, clientSecret);
    }
    case "default":
      return new library.DefaultAzureCredential();
    case "managed_identity":
      return identity.type === "user_assigned_managed_identity"
        ? new library.ManagedIdentityCredential({ resourceId: identity.managedIdentityResourceId })
        : new library.ManagedIdentityCredential();
  }
}

function bearer(token: AccessToken | null): Record<string, string> {
  if (token === null) throw new Error("no token");
  return { authorization: `Bearer ${token.token}` };
}

function noTokenFor({ host }: URL): GroundwireError {
  return new GroundwireError(
    "data_source_invalid",
    `No token of a managed identity is sent to ${host}: it is no host of the Azure service the token is for.`,
    {
      advice:
        "Give 'authentication' a key; or this server's operator can name the host under 'identities' in groundwire.yaml.",
      aspect: "authenticated",
    },
  );
}

/** The beginning is the service's own. */
function noToken(cause: unknown): GroundwireError {
  const [reason = ""] = (cause instanceof Error ? cause.message : "").split("\n");
  return new GroundwireError(
    "data_source_invalid",
    `Failed to get managed identity token. Response: ${reason.slice(0, 300)}`,
    {
      advice:
        "If this server has no such identity, its operator can name what to use instead under 'identities' in groundwire.yaml, or give 'authentication' a key.",
      aspect: "authenticated",
      cause,
    },
  );
}
