import type { Dispatcher } from "undici";

import type { DeploymentUpstream } from "../config/settings.ts";
import { createEntraTokens } from "../upstream/entra-tokens.ts";
import type { UpstreamTarget } from "../upstream/target.ts";

export interface Targets {
  /** Where requests for a model go. Azure names the deployment in the URL, everybody else in the body. */
  open(upstream: DeploymentUpstream, model: string): UpstreamTarget;
}

export function createTargets(dispatcher: Dispatcher): Targets {
  const tokens = createEntraTokens();
  return {
    open({ to, firstByteSeconds, idleSeconds }, model) {
      const common = {
        dispatcher,
        firstByteMs: firstByteSeconds * 1000,
        idleMs: idleSeconds * 1000,
      };
      if (to.type === "azure_openai") {
        const { endpoint, apiKey, apiVersion } = to;
        const base = `${endpoint.replace(/\/openai$/u, "")}/openai/deployments/${encodeURIComponent(model)}`;
        return {
          ...common,
          url: (operation) =>
            new URL(`${base}/${operation}?api-version=${encodeURIComponent(apiVersion)}`),
          credentials: async (signal) =>
            apiKey === null ? tokens.headersFor(new URL(base), signal) : { "api-key": apiKey },
          secret: apiKey,
          modelInBody: null,
        };
      }
      const { baseUrl, apiKey } = to;
      return {
        ...common,
        url: (operation) => new URL(`${baseUrl}/${operation}`),
        credentials: async () => (apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
        secret: apiKey,
        modelInBody: model,
      };
    },
  };
}
