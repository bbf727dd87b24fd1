import type { LexicalHit } from "./lexical/search.ts";
import type { VectorHit } from "./vector.ts";

/**
 * Weight of the dense leg against the lexical one. Equal weights let a weak embedding model destroy good rankings
 * (2 to 36 points on six collections); this is the safe start for a model nobody has calibrated.
 */
export const DENSE_WEIGHT = 0.25;

export interface FusedHit {
  passageId: number;
  score: number;
  lexicalScore: number;
  vectorScore: number | null;
  relevance: number;
}

/** Mixes both legs, each scaled by its own best; best first. Without a dense leg the lexical scores stay as they are. */
export function fuse(lexical: LexicalHit[], dense: VectorHit[] | null): FusedHit[] {
  if (!dense) {
    return lexical.map(({ passageId, score, relevance }) => ({
      passageId,
      score,
      lexicalScore: score,
      vectorScore: null,
      relevance,
    }));
  }
  const bestLexical = Math.max(1e-9, ...lexical.map(({ score }) => score));
  const bestDense = Math.max(1e-9, ...dense.map(({ score }) => score));
  const worstDense = Math.min(bestDense, ...dense.map(({ score }) => score));
  const byId = new Map<number, FusedHit>();
  for (const { passageId, score, relevance } of lexical) {
    byId.set(passageId, {
      passageId,
      score: score / bestLexical,
      lexicalScore: score,
      vectorScore: null,
      relevance,
    });
  }
  for (const { passageId, score } of dense) {
    const hit = byId.get(passageId) ?? {
      passageId,
      score: 0,
      lexicalScore: 0,
      vectorScore: null,
      relevance: 0,
    };
    const scaled = (score - worstDense) / Math.max(1e-9, bestDense - worstDense);
    byId.set(passageId, { ...hit, score: hit.score + DENSE_WEIGHT * scaled, vectorScore: score });
  }
  return [...byId.values()].toSorted(
    (left, right) => right.score - left.score || left.passageId - right.passageId,
  );
}
