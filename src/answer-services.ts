import type { AnswerServices } from "./answer/question.ts";
import type { AnsweringSettings } from "./config/settings.ts";
import type { Deployments } from "./models/deployments.ts";
import { createAnalyzer } from "./search/analysis/analyze.ts";
import { createLruCache } from "./util/lru-cache.ts";

/** Conversations whose queries are remembered. */
const REMEMBERED = 2_000;

/** What answering needs of this process. */
export function createAnswerServices(
  { rewriting }: AnsweringSettings,
  {
    deployments,
    openSource,
    sourceSeconds,
  }: Pick<AnswerServices, "openSource" | "sourceSeconds"> & { deployments: Deployments },
): AnswerServices {
  return {
    openSource,
    sourceSeconds,
    analyzer: createAnalyzer(),
    rewriting: {
      seconds: rewriting.seconds,
      cache: createLruCache(REMEMBERED),
      modelFor(asked) {
        if (rewriting.by === "rules") return null;
        const { deployment: name } = rewriting;
        const deployment = name === null ? asked : deployments.resolve(name);
        return deployment.kind === "upstream" ? deployment.model : null;
      },
    },
  };
}
