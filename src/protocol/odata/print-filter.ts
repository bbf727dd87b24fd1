import { GroundwireError } from "../errors.ts";
import type { AttributeValue, Filter } from "../filters.ts";

const OPERATORS = { eq: "eq", ne: "ne", gt: "gt", gte: "ge", lt: "lt", lte: "le" } as const;
/** What may part the values of `search.in`, best first; the first two are what it parts at by itself. */
const DELIMITERS = [",", "|", ";", "~", "\t"];
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const RESERVED = new Set(["true", "false", "null", "not", "and", "or"]);

/**
 * The filter in OData, as Azure AI Search reads it. Whatever stands in it, no value can end its quotes.
 * @throws GroundwireError `invalid_request` for a key that OData cannot name.
 */
export function printODataFilter(filter: Filter): string {
  switch (filter.type) {
    case "and":
    case "or":
      return filter.filters.map((part) => `(${printODataFilter(part)})`).join(` ${filter.type} `);
    case "not":
      return `not (${printODataFilter(filter.filter)})`;
    case "exists":
      return `${printKey(filter.key)} ne null`;
    case "any":
    case "all": {
      const { key, type, variable } = filter;
      return `${printKey(key)}/${type}(${printKey(variable)}: ${printODataFilter(filter.filter)})`;
    }
    case "in":
      return printMembership(filter.key, filter.value);
    case "nin":
      return `not (${printMembership(filter.key, filter.value)})`;
    default:
      return `${printKey(filter.key)} ${OPERATORS[filter.type]} ${printValue(filter.value)}`;
  }
}

/** `search.in` knows texts only, and parts them at a delimiter; what it cannot hold is compared one by one. */
function printMembership(key: string, values: AttributeValue[]): string {
  const texts = values.filter((value) => typeof value === "string");
  const list = texts.length === values.length ? joinTexts(texts) : null;
  if (list !== null) {
    const [joined, delimiter] = list;
    const last = delimiter === null ? "" : `, ${quote(delimiter)}`;
    return `search.in(${printKey(key)}, ${quote(joined)}${last})`;
  }
  return values.map((value) => `(${printKey(key)} eq ${printValue(value)})`).join(" or ");
}

/** The list and its delimiter, null for the default ones; no list when a text could not be told apart in it. */
function joinTexts(texts: string[]): [joined: string, delimiter: string | null] | null {
  if (texts.some((text) => text === "" || text !== text.trim())) return null;
  if (!texts.some((text) => /[ ,]/u.test(text))) return [texts.join(", "), null];
  const free = DELIMITERS.find((mark) => !texts.some((text) => text.includes(mark)));
  return free === undefined ? null : [texts.join(free), free];
}

function printKey(key: string): string {
  if (NAME.test(key) && !RESERVED.has(key)) return key;
  throw new GroundwireError(
    "invalid_request",
    `The filter names the field '${key.slice(0, 100)}', which OData cannot name: letters, digits and underscores only.`,
  );
}

function printValue(value: AttributeValue): string {
  return typeof value === "string" ? quote(value) : String(value);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
