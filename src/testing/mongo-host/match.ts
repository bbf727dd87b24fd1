import { isDeepStrictEqual } from "node:util";

import { badValue } from "./command-error.ts";
import type { Document } from "./wire.ts";

/** True when the document fulfils the filter: the operators that data is usually asked for by. */
export function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([key, condition]) => {
    switch (key) {
      case "$and":
        return condition.every((part: Document) => matches(document, part));
      case "$or":
        return condition.some((part: Document) => matches(document, part));
      case "$nor":
        return !condition.some((part: Document) => matches(document, part));
      default:
        if (key.startsWith("$")) throw badValue(`unknown top level operator: ${key}`);
        return fulfils(valuesAt(document, key), condition);
    }
  });
}

/** Fields a filter speaks of. */
export function pathsOf(filter: Document): string[] {
  return Object.entries(filter).flatMap(([key, condition]) =>
    key.startsWith("$") ? condition.flatMap(pathsOf) : [key],
  );
}

/** What stands at a path, in every member of the lists on the way; a list at its end counts as a whole and by its members. */
export function valuesAt(document: unknown, path: string): unknown[] {
  let values: unknown[] = [document];
  for (const name of path.split(".")) {
    values = values.flatMap((value) => {
      const inner = Array.isArray(value) ? value : [value];
      return inner.flatMap((one) =>
        typeof one === "object" && one !== null && Object.hasOwn(one, name) ? [one[name]] : [],
      );
    });
  }
  return values.flatMap((value) => (Array.isArray(value) ? [value, ...value] : [value]));
}

function fulfils(values: unknown[], condition: unknown): boolean {
  if (!isOperators(condition)) return equalsAny(values, condition);
  return Object.entries(condition).every(([operator, wanted]) => {
    switch (operator) {
      case "$eq":
        return equalsAny(values, wanted);
      case "$ne":
        return !equalsAny(values, wanted);
      case "$in":
        return wanted.some((one: unknown) => equalsAny(values, one));
      case "$nin":
        return !wanted.some((one: unknown) => equalsAny(values, one));
      case "$exists":
        return values.length > 0 === Boolean(wanted);
      case "$not":
        return !fulfils(values, wanted);
      case "$gt":
        return values.some((value) => isComparable(value, wanted) && value > wanted);
      case "$gte":
        return values.some((value) => isComparable(value, wanted) && value >= wanted);
      case "$lt":
        return values.some((value) => isComparable(value, wanted) && value < wanted);
      case "$lte":
        return values.some((value) => isComparable(value, wanted) && value <= wanted);
      default:
        throw badValue(`unknown operator: ${operator}`);
    }
  });
}

function isOperators(condition: unknown): condition is Document {
  if (typeof condition !== "object" || condition === null || Array.isArray(condition)) return false;
  const keys = Object.keys(condition);
  return keys.length > 0 && keys.every((key) => key.startsWith("$"));
}

/** Nothing there equals null. */
function equalsAny(values: unknown[], wanted: unknown): boolean {
  if (wanted === null && values.length === 0) return true;
  return values.some((value) => isDeepStrictEqual(value, wanted));
}

/** Numbers, texts and dates are ordered among their own kind only. */
function isComparable(value: unknown, wanted: unknown): value is number {
  return typeof value === typeof wanted && value !== null && wanted !== null;
}
