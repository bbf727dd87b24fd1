import { z } from "zod";

import { nearest } from "./nearest.ts";
import type { RateLimits } from "./settings.ts";
import { checkedUrl } from "./urls.ts";

/** A mapping whose keys are all known; an unknown one is refused with the known one it is nearest to. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys
            .map(
              (key) =>
                `'${key}' is not known here; did you mean '${nearest(key, Object.keys(shape))}'?`,
            )
            .join(" ")
        : undefined,
  });
}

export const name = z
  .string()
  .regex(/^[\w.-]{1,64}$/u, "must be 1 to 64 letters, digits, '.', '_' or '-'");

export const secret = z.string().min(1).regex(/^\S+$/u, "must not contain blanks");

export const url = z.string().transform((value, context) => {
  const checked = checkedUrl(value);
  if ("url" in checked) return checked.url;
  context.addIssue({ code: "custom", message: checked.problem });
  return z.NEVER;
});

/** Values out of the environment are text. */
export const fromText = (value: unknown): unknown =>
  typeof value === "string" && /^\d+(?:\.\d+)?$/u.test(value) ? Number(value) : value;
export const seconds = z.preprocess(fromText, z.number().positive());

const perMinute = z.preprocess(fromText, z.int().positive()).optional();

export const rateLimits = section({ requests_per_minute: perMinute, tokens_per_minute: perMinute })
  .optional()
  .transform((given): RateLimits => ({
    requestsPerMinute: given?.requests_per_minute ?? null,
    tokensPerMinute: given?.tokens_per_minute ?? null,
  }));

/** What callers may do. */
export const scopes = z.array(z.enum(["chat", "files", "admin"])).min(1);
