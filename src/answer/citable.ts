import type { RankedCandidate } from "./rank.ts";

/** The passages an answer may name, in the order of their markers; it grows while the model searches on. */
export interface Citable {
  given: RankedCandidate[];
  /** Everything retrieved, given or not. */
  ranked: RankedCandidate[];
}
