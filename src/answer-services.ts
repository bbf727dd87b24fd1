import { Agent } from "undici";

import type { AnswerServices } from "./answer/question.ts";
import { REFUSAL } from "./answer/refuse.ts";
import type { Reranker } from "./answer/rerank/reranker.ts";
import type { RerankSettings, Settings } from "./config/settings.ts";
import type { Deployment, Deployments } from "./models/deployments.ts";
import { createRerankEndpoint } from "./models/rerank-endpoint.ts";
import { createAnalyzer } from "./search/analysis/analyze.ts";
import { createLruCache } from "./util/lru-cache.ts";

/** Conversations whose queries are remembered. */
const REMEMBERED = 2_000;

export interface OpenAnswerServices extends AnswerServices {
  close(): Promise<void>;
}

/** What answering needs of this process. */
export function createAnswerServices(
  {
    answering,
    conversations,
    rerank,
    tools,
  }: Pick<Settings, "answering" | "conversations" | "rerank" | "tools">,
  {
    deployments,
    ...given
  }: Pick<AnswerServices, "openSource" | "sourceSeconds" | "codeInterpreter" | "keepFile"> & {
    deployments: Deployments;
  },
): OpenAnswerServices {
  const { rewriting } = answering;
  const { summary } = conversations;
  const dispatcher = new Agent();
  const modelOf = (deployment: Deployment) =>
    deployment.kind === "upstream" ? deployment.model : null;
  return {
    ...given,
    toolBounds: tools,
    analyzer: createAnalyzer(),
    refusing: {
      text: answering.refusal ?? REFUSAL,
      refusesUnsupported: answering.refuseUnsupported,
      threshold: answering.threshold,
    },
    rewriting: {
      seconds: rewriting.seconds,
      cache: createLruCache(REMEMBERED),
      modelFor(asked) {
        if (rewriting.by === "rules") return null;
        return modelOf(
          rewriting.deployment === null ? asked : deployments.resolve(rewriting.deployment),
        );
      },
    },
    summarising: summary && {
      seconds: summary.seconds,
      model: summary.deployment === null ? null : modelOf(deployments.resolve(summary.deployment)),
    },
    rerankerFor(asked) {
      const settings = asked.rerank === "default" ? rerank : asked.rerank;
      return settings === null || settings === "off" ? null : openReranker(settings);
    },
    close: () => dispatcher.destroy(),
  };

  function openReranker(settings: RerankSettings): Reranker | null {
    const { seconds } = settings;
    if (settings.type === "endpoint") {
      return { kind: "endpoint", model: createRerankEndpoint(settings, dispatcher), seconds };
    }
    const model = modelOf(deployments.resolve(settings.deployment));
    return model === null ? null : { kind: "deployment", model, seconds };
  }
}
