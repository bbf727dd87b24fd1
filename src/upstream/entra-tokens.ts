import type { TokenCredential } from "@azure/identity";

import { GroundwireError } from "../protocol/errors.ts";
import { scopeFor } from "./audiences.ts";

export interface EntraTokens {
  /**
   * The header with a token for a model's server.
   * @throws GroundwireError `upstream_refused` for a host that must never see one, `upstream_unavailable` when none can be had.
   */
  headersFor(url: URL, signal: AbortSignal): Promise<Record<string, string>>;
}

/** Tokens by whatever credentials `@azure/identity` finds: environment, workload or managed identity, `az login`. */
export function createEntraTokens(): EntraTokens {
  let credential: Promise<TokenCredential> | null = null;
  return {
    async headersFor(url, signal) {
      const scope = scopeFor("cognitive_services", url);
      if (scope === null) {
        throw new GroundwireError(
          "upstream_refused",
          `The model's server at ${url.host} is no host of Azure OpenAI, so no token of this server's identity is sent there. Its operator must give it a key.`,
        );
      }
      credential ??= openCredential();
      try {
        const token = await (await credential).getToken(scope, { abortSignal: signal });
        if (token !== null) return { authorization: `Bearer ${token.token}` };
      } catch (cause) {
        signal.throwIfAborted();
        throw noToken(cause);
      }
      throw noToken(undefined);
    },
  };
}

/** The library is large, and most servers never need it. It keeps and renews the tokens itself. */
async function openCredential(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new DefaultAzureCredential();
}

function noToken(cause: unknown): GroundwireError {
  return new GroundwireError(
    "upstream_unavailable",
    "No token of Microsoft Entra can be had for the model's server. Its operator must sign this server in (managed identity, AZURE_CLIENT_ID with its secret, or `az login`) or give it a key.",
    { cause },
  );
}
