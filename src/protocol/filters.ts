/** The filter of the vector-store API over attributes of files, as it is written there. */
export type AttributeFilter =
  | Comparison
  | Membership
  | { type: "and" | "or"; filters: AttributeFilter[] };

/** Any filter over attributes, whichever language it was written in. Unknown syntax never becomes one: parsing refuses it (fail closed). */
export type Filter =
  | Comparison
  | Membership
  | { type: "and" | "or"; filters: Filter[] }
  | { type: "not"; filter: Filter }
  | { type: "exists"; key: string }
  /** About the elements of a list; within `filter` the key `variable` is one of them. */
  | { type: "any" | "all"; key: string; variable: string; filter: Filter };

interface Comparison {
  type: "eq" | "ne" | "gt" | "gte" | "lt" | "lte";
  key: string;
  value: AttributeValue;
}

interface Membership {
  type: "in" | "nin";
  key: string;
  value: AttributeValue[];
}

export type AttributeValue = string | number | boolean;
export type Attributes = Record<string, AttributeValue>;

/** True when values pass. A missing key never equals, orders or is contained in anything, and is a list without elements. */
export function matchesFilter(filter: Filter, values: Record<string, unknown>): boolean {
  switch (filter.type) {
    case "and":
      return filter.filters.every((part) => matchesFilter(part, values));
    case "or":
      return filter.filters.some((part) => matchesFilter(part, values));
    case "not":
      return !matchesFilter(filter.filter, values);
    case "exists":
      return valueOf(values, filter.key) !== undefined;
    case "any":
    case "all":
      return matchesElements(filter, valueOf(values, filter.key));
    default:
      return matchesValue(filter, valueOf(values, filter.key));
  }
}

/** Several filters at once; null: none. */
export function allOf<Kind extends Filter>(
  filters: (Kind | null)[],
): Kind | { type: "and"; filters: Kind[] } | null {
  const given = filters.filter((filter) => filter !== null);
  const [first] = given;
  if (first === undefined) return null;
  return given.length === 1 ? first : { type: "and", filters: given };
}

/** Null is as good as missing. */
function valueOf(values: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(values, key) ? (values[key] ?? undefined) : undefined;
}

function matchesElements(
  { type, variable, filter }: Extract<Filter, { type: "any" | "all" }>,
  value: unknown,
): boolean {
  const holds = (element: unknown): boolean => matchesFilter(filter, { [variable]: element });
  const elements = elementsOf(value);
  return type === "all"
    ? elements.every(holds)
    : elements.some(holds) || (elements.length > 1 && !Array.isArray(value) && holds(value));
}

/** A single value is a list of one. Attributes hold no lists: a text with commas is the list of its parts, and for `any` itself too. */
function elementsOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  if (typeof value !== "string" || !value.includes(",")) return [value];
  return value
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

function matchesValue(filter: Comparison | Membership, actual: unknown): boolean {
  switch (filter.type) {
    case "ne":
      return actual !== filter.value;
    case "nin":
      return !filter.value.some((value) => value === actual);
    case "eq":
      return actual === filter.value;
    case "in":
      return filter.value.some((value) => value === actual);
    default:
      return isOrdered(filter, actual);
  }
}

/** Only texts, and numbers, are before or after each other. */
function isOrdered({ type, value }: Comparison, actual: unknown): boolean {
  const areTexts = typeof actual === "string" && typeof value === "string";
  const areNumbers = typeof actual === "number" && typeof value === "number";
  if (!areTexts && !areNumbers) return false;
  switch (type) {
    case "gt":
      return actual > value;
    case "gte":
      return actual >= value;
    case "lt":
      return actual < value;
    default:
      return actual <= value;
  }
}
