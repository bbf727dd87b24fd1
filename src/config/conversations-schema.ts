import { z } from "zod";

import { fromText, seconds, section } from "./section.ts";
import type { ConversationSettings } from "./settings.ts";

const KEY_BYTES = 32;

/** Where conversations are kept. */
export const conversationsUrl = z
  .string()
  .regex(
    /^(?:sqlite:|memory:|rediss?:\/\/.+|postgres(?:ql)?:\/\/.+)$/u,
    "must be sqlite:, memory:, redis://…, rediss://… or postgres://…",
  );

const encryptionKey = z
  .string()
  .transform((text) => Buffer.from(text, "base64"))
  .refine((key) => key.length === KEY_BYTES, {
    error: `must be ${KEY_BYTES} bytes in base64, as \`openssl rand -base64 ${KEY_BYTES}\` prints them`,
  });

const summary = section({
  /** The one that was asked by default. */
  deployment: z.string().min(1).optional(),
  /** Longest wait for a summary; then the beginning is left out. */
  seconds: seconds.default(20),
}).transform((given) => ({ deployment: given.deployment ?? null, seconds: given.seconds }));

export const conversations = section({
  url: conversationsUrl.default("sqlite:"),
  /** Days after its last turn that a conversation is deleted; for ever by default. */
  retention_days: z.preprocess(fromText, z.number().positive()).optional(),
  encryption_key: encryptionKey.optional(),
  /** `true` for the defaults; off by default. */
  summary: z
    .union([z.boolean().transform((on) => (on ? summary.parse({}) : null)), summary], {
      error: "must be true, false, or deployment and seconds",
    })
    .default(null),
}).transform((given): ConversationSettings => ({
  url: given.url,
  retentionDays: given.retention_days ?? null,
  encryptionKey: given.encryption_key ?? null,
  summary: given.summary,
}));
