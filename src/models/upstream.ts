import type { Agent } from "undici";

import type { UpstreamSettings } from "../config/settings.ts";
import type { UpstreamTarget } from "./deployments.ts";

/** Where a deployment's requests go. Azure names the deployment in the URL, everybody else in the body. */
export function upstreamTarget(
  upstream: UpstreamSettings,
  { deployment, dispatcher }: { deployment: string; dispatcher: Agent },
): UpstreamTarget {
  if (upstream.type === "azure_openai") {
    const base = `${upstream.endpoint.replace(/\/openai$/u, "")}/openai/deployments/${encodeURIComponent(deployment)}`;
    return {
      dispatcher,
      url: (operation) =>
        new URL(`${base}/${operation}?api-version=${encodeURIComponent(upstream.apiVersion)}`),
      headers: upstream.apiKey === null ? {} : { "api-key": upstream.apiKey },
      secret: upstream.apiKey,
      modelInBody: null,
    };
  }
  return {
    dispatcher,
    url: (operation) => new URL(`${upstream.baseUrl}/${operation}`),
    headers: upstream.apiKey === null ? {} : { authorization: `Bearer ${upstream.apiKey}` },
    secret: upstream.apiKey,
    modelInBody: deployment,
  };
}
