import type { Dispatcher } from "undici";
import { z } from "zod";

import type { RerankSettings } from "../config/settings.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { postJson, readText } from "../upstream/post-json.ts";
import type { UpstreamTarget } from "../upstream/target.ts";
import { parseJson } from "../util/parse-json.ts";
import type { RerankModel } from "./model.ts";

/** Results of Cohere, Jina, vLLM and llama.cpp; a bare list with `score` is what Text Embeddings Inference gives. */
const result = z.object({
  index: z.int().min(0),
  relevance_score: z.number().optional(),
  score: z.number().optional(),
});
const replySchema = z.union([
  z.object({ results: z.array(result) }).transform(({ results }) => results),
  z.array(result),
]);

/** A reranker behind the protocol of Cohere and Jina. */
export function createRerankEndpoint(
  { url, apiKey, model, seconds }: Extract<RerankSettings, { type: "endpoint" }>,
  dispatcher: Dispatcher,
): RerankModel {
  const target: UpstreamTarget = {
    dispatcher,
    url: () => new URL(url),
    credentials: async () => (apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
    secret: apiKey,
    modelInBody: model,
    firstByteMs: seconds * 1000,
    idleMs: seconds * 1000,
  };
  const { host } = new URL(url);
  return {
    id: model ?? host,
    async rerank(query, texts, signal) {
      const body = {
        ...(model === null ? {} : { model }),
        query,
        documents: texts,
        top_n: texts.length,
      };
      const reply = await postJson({ target, operation: "rerank", body, signal });
      const parsed = replySchema.safeParse(parseJson(await readText(reply, host)));
      if (!parsed.success) throw notScores(host);
      const scores: (number | null)[] = texts.map(() => null);
      for (const { index, relevance_score, score } of parsed.data) {
        if (index >= texts.length) throw notScores(host);
        scores[index] = relevance_score ?? score ?? null;
      }
      if (scores.every((score) => score === null)) throw notScores(host);
      return scores;
    },
  };
}

function notScores(host: string): GroundwireError {
  return new GroundwireError(
    "upstream_refused",
    `The reranker at ${host} sent something that is not the scores of the passages it was given.`,
  );
}
