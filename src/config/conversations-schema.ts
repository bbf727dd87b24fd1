import { z } from "zod";

import { fromText, section } from "./section.ts";
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

export const conversations = section({
  url: conversationsUrl.default("sqlite:"),
  /** Days after its last turn that a conversation is deleted; for ever by default. */
  retention_days: z.preprocess(fromText, z.number().positive()).optional(),
  encryption_key: encryptionKey.optional(),
}).transform((given): ConversationSettings => ({
  url: given.url,
  retentionDays: given.retention_days ?? null,
  encryptionKey: given.encryption_key ?? null,
}));
