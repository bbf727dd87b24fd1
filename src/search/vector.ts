import { bestOf } from "./lexical/top.ts";

export interface VectorHit {
  passageId: number;
  /** Cosine, −1…1. */
  score: number;
}

/** Unit vectors side by side, with the passage each belongs to. */
export interface VectorMatrix {
  dimensions: number;
  passageIds: Float64Array;
  values: Float32Array;
}

/** The vector scaled to length 1; a zero vector stays zero. */
export function unitVector(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** Exact nearest neighbours by cosine among the passages `isAllowed` lets through, best first. */
export function nearest(
  matrix: VectorMatrix,
  query: Float32Array,
  options: { limit: number; isAllowed: (passageId: number) => boolean },
): VectorHit[] {
  const unit = unitVector(query);
  const best = bestOf<VectorHit>(
    options.limit,
    (left, right) => left.score - right.score || right.passageId - left.passageId,
  );
  matrix.passageIds.forEach((passageId, row) => {
    if (!options.isAllowed(passageId)) return;
    const start = row * matrix.dimensions;
    let score = 0;
    for (let at = 0; at < matrix.dimensions; at++)
      score += (unit[at] ?? 0) * (matrix.values[start + at] ?? 0);
    best.add({ passageId, score });
  });
  return best.items();
}
