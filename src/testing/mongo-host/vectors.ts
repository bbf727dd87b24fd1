import { Binary } from "mongodb";

import { valuesAt } from "./match.ts";
import type { Row } from "./project.ts";
import type { Document } from "./wire.ts";

export interface NearestOptions {
  path: string;
  vector: number[];
  /** Higher is nearer. */
  rank: (stored: number[], vector: number[]) => number;
  /** What the engine says of it. */
  score: (stored: number[], vector: number[]) => number;
  limit: number;
  /** Name of the score. */
  meta: string;
}

/** Exact nearest neighbours; documents without a vector of this length are not in the index. */
export function nearest(documents: Document[], options: NearestOptions): Row[] {
  const { path, vector, rank, score, limit, meta } = options;
  return documents
    .flatMap((document) => {
      const stored = toNumbers(valuesAt(document, path)[0]);
      return stored?.length === vector.length ? [{ document, stored }] : [];
    })
    .toSorted((left, right) => rank(right.stored, vector) - rank(left.stored, vector))
    .slice(0, limit)
    .map(({ document, stored }) => ({ document, meta: { [meta]: score(stored, vector) } }));
}

/** Numbers in a list, or packed; null for everything else. */
export function toNumbers(value: unknown): number[] | null {
  if (value instanceof Binary) return [...value.toFloat32Array()];
  if (!Array.isArray(value) || value.length === 0) return null;
  return value.every((one) => typeof one === "number") ? value : null;
}

export function dot(left: number[], right: number[]): number {
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}

export function cosine(left: number[], right: number[]): number {
  return dot(left, right) / (Math.hypot(...left) * Math.hypot(...right) || 1);
}

export function distance(left: number[], right: number[]): number {
  return Math.hypot(...left.map((value, at) => value - (right[at] ?? 0)));
}
