import { Agent } from "undici";

import type { Settings } from "../config/settings.ts";
import type { Deployments } from "./deployments.ts";
import { createEmbeddingModel } from "./embeddings.ts";
import { familyOf } from "./families.ts";
import { createChatModel } from "./openai-compatible.ts";
import { upstreamTarget } from "./upstream.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/** With an upstream every name is forwarded under that name; without one every name is the built-in answerer. */
export function createDeployments({
  upstream,
  embeddingDeployment,
}: Pick<Settings, "upstream" | "embeddingDeployment">): Deployments {
  if (upstream === null) {
    return {
      resolve: () => ({ kind: "extractive" }),
      names: () => ["groundwire-extractive"],
      embeddings: null,
      close: () => Promise.resolve(),
    };
  }
  // A stream holds its connection, so their number is not limited.
  const dispatcher = new Agent({
    connections: null,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });
  const targetOf = (deployment: string) => upstreamTarget(upstream, { deployment, dispatcher });
  return {
    resolve(name) {
      const target = targetOf(name);
      return {
        kind: "upstream",
        target,
        model: createChatModel({ id: name, family: familyOf(name), target }),
      };
    },
    names: () => [],
    embeddings:
      embeddingDeployment === null
        ? null
        : createEmbeddingModel({ id: embeddingDeployment, target: targetOf(embeddingDeployment) }),
    close: () => dispatcher.destroy(),
  };
}
