import type { Statistics } from "./statistics.ts";

export const K1 = 1.2;
export const B = 0.75;

/** How much the length of a passage, in terms, dampens what its terms add. */
export function lengthNorm(
  length: number,
  { averageLength }: Pick<Statistics, "averageLength">,
): number {
  return K1 * (1 - B + (B * length) / averageLength);
}

export function saturated(
  weight: number,
  { frequency, norm }: { frequency: number; norm: number },
): number {
  return (weight * (K1 + 1) * frequency) / (frequency + norm);
}
