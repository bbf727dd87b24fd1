import { z } from "zod";

import { fromText, seconds, secret, section, url } from "./section.ts";
import type { AnsweringSettings, RerankSettings } from "./settings.ts";

const rewriting = section({
  by: z.enum(["model", "rules"]).default("model"),
  deployment: z.string().min(1).optional(),
  seconds: seconds.default(10),
}).transform((given) => ({ ...given, deployment: given.deployment ?? null }));

/** How questions are answered from data sources. */
export const answering = section({
  rewriting: rewriting.prefault({}),
  refusal: z
    .union([
      z.string().min(1),
      z.record(z.string().regex(/^[a-z]{2}$/u, "must be a language such as de"), z.string().min(1)),
    ])
    .optional(),
  refuse_unsupported: z.boolean().default(true),
  threshold: z.preprocess(fromText, z.number().min(0).max(1)).default(0.4),
}).transform((given): AnsweringSettings => ({
  rewriting: given.rewriting,
  refusal: given.refusal ?? null,
  refuseUnsupported: given.refuse_unsupported,
  threshold: given.threshold,
}));

/** Who reads the best passages again and puts them in order. */
export const rerank = z
  .discriminatedUnion("type", [
    section({
      type: z.literal("endpoint"),
      /** The whole URL, usually ending in `/rerank`. */
      url,
      /** `none` is as good as nothing: no key is sent. */
      api_key: secret.optional(),
      model: z.string().min(1).optional(),
      seconds: seconds.default(10),
    }),
    section({
      type: z.literal("deployment"),
      deployment: z.string().min(1),
      seconds: seconds.default(20),
    }),
  ])
  .transform((given): RerankSettings =>
    given.type === "deployment"
      ? given
      : {
          type: given.type,
          url: given.url,
          apiKey: given.api_key === undefined || given.api_key === "none" ? null : given.api_key,
          model: given.model ?? null,
          seconds: given.seconds,
        },
  );

/** How far a model may go with hosted tools in one answer. */
export const tools = section({
  steps: z.preprocess(fromText, z.int().min(1).max(100)).default(10),
  seconds: seconds.default(180),
  tokens: z.preprocess(fromText, z.int().positive()).default(400_000),
});
