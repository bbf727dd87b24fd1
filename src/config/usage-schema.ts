import { z } from "zod";

import { fromText, section } from "./section.ts";
import type { Budget, Price } from "./settings.ts";

const amount = z.preprocess(fromText, z.number().nonnegative());
const count = z.preprocess(fromText, z.int().positive());

export const price = section({
  input_per_million: amount,
  output_per_million: amount,
  /** Of tokens read from the model's cache; as other input by default. */
  cached_input_per_million: amount.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/u, "must be three capital letters, as USD")
    .default("USD"),
}).transform((given): Price => ({
  input: given.input_per_million,
  cachedInput: given.cached_input_per_million ?? given.input_per_million,
  output: given.output_per_million,
  currency: given.currency,
}));

export const budget = section({
  /** In the currency of the prices. */
  amount: amount.optional(),
  tokens: count.optional(),
  per: z.enum(["day", "month"]).default("month"),
})
  .refine(({ amount: most, tokens }) => most !== undefined || tokens !== undefined, {
    error: "needs an amount, a number of tokens, or both",
  })
  .transform((given): Budget => ({
    amount: given.amount ?? null,
    tokens: given.tokens ?? null,
    per: given.per,
  }));
