import type { Price } from "../config/settings.ts";
import type { UsageAmounts } from "../storage/usage-records.ts";

const MILLION = 1_000_000;

/** What so many tokens cost, in the currency of the price. */
export function costOf(
  price: Price,
  tokens: Pick<UsageAmounts, "promptTokens" | "cachedTokens" | "completionTokens">,
): number {
  const cached = Math.min(tokens.cachedTokens, tokens.promptTokens);
  return (
    ((tokens.promptTokens - cached) * price.input +
      cached * price.cachedInput +
      tokens.completionTokens * price.output) /
    MILLION
  );
}
