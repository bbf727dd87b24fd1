/** How an engine compares vectors. */
export type Metric = "cosine" | "dot_product" | "squared_distance";

/** How far from 1 the length of a vector may be that its model has normalised. */
const UNIT_TOLERANCE = 1e-2;

/**
 * A similarity or distance of two vectors as relevance, 0…1. Models whose vectors have length 1, as nearly all have, get the
 * cosine whatever the metric; for the others only a distance can be bounded. Null: the number says no more than an order.
 * @param queryLength Length of the query's vector; null when it is not known.
 */
export function vectorRelevance(
  value: number,
  metric: Metric,
  queryLength: number | null,
): number | null {
  const isUnit = queryLength !== null && Math.abs(queryLength - 1) < UNIT_TOLERANCE;
  switch (metric) {
    case "cosine":
      return within(value);
    case "dot_product":
      return isUnit ? within(value) : null;
    case "squared_distance": {
      const squared = Math.max(0, value);
      return isUnit ? within(1 - squared / 2) : 1 / (1 + Math.sqrt(squared));
    }
  }
}

export function lengthOf(vector: Float32Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

function within(cosine: number): number {
  return Math.min(1, Math.max(0, cosine));
}
