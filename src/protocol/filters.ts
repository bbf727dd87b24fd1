/** A filter over file attributes. Unknown syntax never becomes a filter: parsing refuses it (fail closed). */
export type AttributeFilter =
  | { type: "eq" | "ne" | "gt" | "gte" | "lt" | "lte"; key: string; value: AttributeValue }
  | { type: "in" | "nin"; key: string; value: AttributeValue[] }
  | { type: "and" | "or"; filters: AttributeFilter[] };

export type AttributeValue = string | number | boolean;
export type Attributes = Record<string, AttributeValue>;

/** True when a file with these attributes passes. A missing key never equals, orders or is contained in anything. */
export function matchesFilter(filter: AttributeFilter, attributes: Attributes): boolean {
  if ("filters" in filter) {
    const passes = (part: AttributeFilter): boolean => matchesFilter(part, attributes);
    return filter.type === "and" ? filter.filters.every(passes) : filter.filters.some(passes);
  }
  const actual = Object.hasOwn(attributes, filter.key) ? attributes[filter.key] : undefined;
  if (filter.type === "ne") return actual !== filter.value;
  if (filter.type === "nin") return actual === undefined || !filter.value.includes(actual);
  if (actual === undefined) return false;
  switch (filter.type) {
    case "eq":
      return actual === filter.value;
    case "in":
      return filter.value.includes(actual);
    case "gt":
      return comparable(actual, filter.value) && actual > filter.value;
    case "gte":
      return comparable(actual, filter.value) && actual >= filter.value;
    case "lt":
      return comparable(actual, filter.value) && actual < filter.value;
    case "lte":
      return comparable(actual, filter.value) && actual <= filter.value;
  }
}

function comparable(left: AttributeValue, right: AttributeValue): boolean {
  return typeof left === typeof right && typeof left !== "boolean";
}
