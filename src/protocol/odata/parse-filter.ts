import type { AttributeValue, Filter } from "../filters.ts";
import { ODataError, type Token, tokensOf } from "./tokens.ts";

/** Longest filter, in characters. */
const LONGEST = 32_768;
/** Deepest nesting; guards the stack against hostile requests. */
const DEEPEST = 32;
/** What separates the values of `search.in` unless a third argument says otherwise. */
const DELIMITERS = " ,";
const OPERATORS = new Map<string, "eq" | "ne" | "gt" | "gte" | "lt" | "lte">([
  ["eq", "eq"],
  ["ne", "ne"],
  ["gt", "gt"],
  ["ge", "gte"],
  ["lt", "lt"],
  ["le", "lte"],
]);
const UNDERSTOOD =
  "understood are eq ne gt ge lt le, and or not, parentheses, field/any(x: …), field/all(x: …), search.in(field, 'a, b'), texts, numbers, true, false and null";

/**
 * A filter in the part of OData that indexes of Azure AI Search are filtered with
 * (https://learn.microsoft.com/azure/search/search-query-odata-filter).
 * @throws ODataError for everything else: what is not understood is never left out.
 */
export function parseODataFilter(filter: string): Filter {
  if (filter.length > LONGEST) {
    throw new ODataError(`it has ${filter.length} characters; at most ${LONGEST} are taken`);
  }
  const reader = createReader(tokensOf(filter));
  const parsed = either(reader, { depth: 0, variable: null });
  reader.expect("end", "");
  return parsed;
}

interface Reader {
  peek(): Token;
  take(): Token;
  /** Takes the next token when it is this one. */
  takeIf(kind: Token["kind"], value: string): boolean;
  expect(kind: Token["kind"], value: string): void;
}

/** Where in the filter: within `any` and `all` only their variable can be spoken of. */
interface Place {
  depth: number;
  variable: string | null;
}

function createReader(tokens: Token[]): Reader {
  let next = 0;
  const end: Token = { kind: "end", value: "", position: 0 };
  const peek = (): Token => tokens[Math.min(next, tokens.length - 1)] ?? end;
  const take = (): Token => {
    const token = peek();
    next++;
    return token;
  };
  const takeIf = (kind: Token["kind"], value: string): boolean => {
    const token = peek();
    if (token.kind !== kind || token.value !== value) return false;
    next++;
    return true;
  };
  return {
    peek,
    take,
    takeIf,
    expect(kind, value) {
      if (!takeIf(kind, value)) {
        throw unexpected(peek(), kind === "end" ? "the end, 'and' or 'or'" : `'${value}'`);
      }
    },
  };
}

function either(reader: Reader, place: Place): Filter {
  const first = both(reader, place);
  const parts = [first];
  while (reader.takeIf("word", "or")) parts.push(both(reader, place));
  return parts.length === 1 ? first : { type: "or", filters: parts };
}

function both(reader: Reader, place: Place): Filter {
  const first = one(reader, place);
  const parts = [first];
  while (reader.takeIf("word", "and")) parts.push(one(reader, place));
  return parts.length === 1 ? first : { type: "and", filters: parts };
}

function one(reader: Reader, place: Place): Filter {
  const token = reader.peek();
  const deeper = { ...place, depth: place.depth + 1 };
  if (deeper.depth > DEEPEST) {
    throw new ODataError(`position ${token.position}: nested more than ${DEEPEST} deep`);
  }
  if (reader.takeIf("word", "not")) return { type: "not", filter: one(reader, deeper) };
  if (reader.takeIf("sign", "(")) {
    const inner = either(reader, deeper);
    reader.expect("sign", ")");
    return inner;
  }
  if (reader.takeIf("word", "search.in")) return searchIn(reader, place);
  const key = name(reader, place);
  return reader.takeIf("sign", "/") ? elements(reader, key, deeper) : comparison(reader, key);
}

function name(reader: Reader, { variable }: Place): string {
  const token = reader.take();
  if (token.kind !== "word" || token.value.includes(".") || LITERALS.has(token.value)) {
    throw unexpected(token, "the name of a field");
  }
  if (variable !== null && token.value !== variable) {
    throw new ODataError(
      `position ${token.position}: within any and all only '${variable}' can be compared, not '${token.value}'`,
    );
  }
  return token.value;
}

function comparison(reader: Reader, key: string): Filter {
  const token = reader.peek();
  const type = token.kind === "word" ? OPERATORS.get(token.value) : undefined;
  // A field that is true or false is a condition by itself.
  if (type === undefined) {
    if (isEndOfCondition(token)) return { type: "eq", key, value: true };
    throw unexpected(token, "an operator");
  }
  reader.take();
  const valueToken = reader.peek();
  const value = literal(reader);
  if (value !== null) return { type, key, value };
  if (type === "eq") return { type: "not", filter: { type: "exists", key } };
  if (type === "ne") return { type: "exists", key };
  throw unexpected(valueToken, "a text or a number");
}

function isEndOfCondition({ kind, value }: Token): boolean {
  if (kind === "end") return true;
  return kind === "sign" ? value === ")" : kind === "word" && (value === "and" || value === "or");
}

// Maps, because a plain object also has `constructor` and its like.
const LITERALS = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function literal(reader: Reader): AttributeValue | null {
  const token = reader.take();
  if (token.kind === "text") return token.value;
  if (token.kind === "number") return exactNumber(token);
  const value = token.kind === "word" ? LITERALS.get(token.value) : undefined;
  if (value === undefined)
    throw unexpected(token, "a text in single quotes, a number, true, false or null");
  return value;
}

/** A number that is rounded when it is read would equal others than the one that was meant. */
function exactNumber({ value, position }: Token): number {
  const number = Number(value);
  const isRounded = /^-?\d+$/u.test(value) && !Number.isSafeInteger(number);
  if (isRounded || !Number.isFinite(number))
    throw new ODataError(`position ${position}: the number is too large to be compared exactly`);
  return number;
}

/** `/any(x: …)`, `/all(x: …)` or `/any()`, after the name. */
function elements(reader: Reader, key: string, place: Place): Filter {
  const token = reader.take();
  const { value: type } = token;
  if (place.variable !== null || (type !== "any" && type !== "all")) {
    throw unexpected(token, place.variable === null ? "'any' or 'all'" : "a comparison");
  }
  reader.expect("sign", "(");
  if (type === "any" && reader.takeIf("sign", ")")) return { type: "exists", key };
  const variable = name(reader, place);
  reader.expect("sign", ":");
  const filter = either(reader, { ...place, variable });
  reader.expect("sign", ")");
  return { type, key, variable, filter };
}

/** `(field, 'a, b')` or `(field, 'a|b', '|')`, after `search.in`. */
function searchIn(reader: Reader, place: Place): Filter {
  reader.expect("sign", "(");
  const key = name(reader, place);
  reader.expect("sign", ",");
  const values = text(reader);
  const delimiters = reader.takeIf("sign", ",") ? text(reader) : DELIMITERS;
  reader.expect("sign", ")");
  return { type: "in", key, value: splitBy(values, delimiters) };
}

function text(reader: Reader): string {
  const token = reader.take();
  if (token.kind !== "text") throw unexpected(token, "a text in single quotes");
  return token.value;
}

function splitBy(values: string, delimiters: string): string[] {
  const parts = [""];
  for (const letter of values) {
    if (delimiters.includes(letter)) parts.push("");
    else parts.push((parts.pop() ?? "") + letter);
  }
  return parts.filter((part) => part !== "");
}

function unexpected({ kind, value, position }: Token, wanted: string): ODataError {
  const found = kind === "end" ? "the end" : `'${value.slice(0, 40)}'`;
  return new ODataError(`position ${position}: expected ${wanted}, found ${found}; ${UNDERSTOOD}`);
}
