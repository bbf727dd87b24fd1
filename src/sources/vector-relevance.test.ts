import { expect, test } from "vitest";

import { lengthOf, vectorRelevance } from "./vector-relevance.ts";

const cosine = 0.6;
const squaredDistance = 2 - 2 * cosine;

test("vectors of length 1 get their cosine, whatever the metric", () => {
  expect(vectorRelevance(cosine, "cosine", 1)).toBeCloseTo(cosine);
  expect(vectorRelevance(cosine, "dot_product", 1)).toBeCloseTo(cosine);
  expect(vectorRelevance(squaredDistance, "squared_distance", 1.001)).toBeCloseTo(cosine);
});

test("of other vectors a cosine stays one, a distance is bounded, and a product says nothing", () => {
  expect(vectorRelevance(cosine, "cosine", 3)).toBe(cosine);
  expect(vectorRelevance(4, "squared_distance", 3)).toBeCloseTo(1 / 3);
  expect(vectorRelevance(4, "squared_distance", null)).toBeCloseTo(1 / 3);
  expect(vectorRelevance(cosine, "dot_product", 3)).toBeNull();
  expect(vectorRelevance(cosine, "dot_product", null)).toBeNull();
});

test("it is never below 0 or above 1, as rounding makes it", () => {
  expect(vectorRelevance(-0.4, "cosine", 1)).toBe(0);
  expect(vectorRelevance(1.0000001, "cosine", 1)).toBe(1);
  expect(vectorRelevance(-1e-7, "squared_distance", null)).toBe(1);
});

test("a length is Euclid's", () => {
  expect(lengthOf(Float32Array.of(3, 4))).toBe(5);
});
