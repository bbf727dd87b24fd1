/** A document of an index; complex fields are not known here. */
export type IndexedDocument = Record<string, unknown>;
type Predicate = (document: IndexedDocument, variables: Record<string, unknown>) => boolean;

/** What the service says of an expression it cannot apply. */
export class FilterError extends Error {}

const TOKEN =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<number>-?\d+(?:\.\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_.]*)|(?<sign>[(),:/]))/uy;

/**
 * The part of OData that filters of an index are written in: comparisons, `and or not`, parentheses, `any` and `all` over
 * lists, `search.in`. @throws FilterError
 */
export function compileFilter(text: string, fields: readonly string[]): Predicate {
  const tokens = tokensOf(text);
  let position = 0;
  const peek = (): string | undefined => tokens[position];
  const take = (expected?: string): string => {
    const token = tokens[position++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new FilterError(
        `Invalid expression: Syntax error at position ${position} in '${text}'.`,
      );
    }
    return token;
  };

  function either(variables: string[]): Predicate {
    const parts = [both(variables)];
    while (peek() === "or") parts.push((take(), both(variables)));
    return (document, values) => parts.some((part) => part(document, values));
  }
  function both(variables: string[]): Predicate {
    const parts = [one(variables)];
    while (peek() === "and") parts.push((take(), one(variables)));
    return (document, values) => parts.every((part) => part(document, values));
  }
  function one(variables: string[]): Predicate {
    if (peek() === "not") {
      take();
      const inner = one(variables);
      return (document, values) => !inner(document, values);
    }
    if (peek() === "(") {
      take();
      const inner = either(variables);
      take(")");
      return inner;
    }
    if (peek() === "search.in") return searchIn(variables);
    const name = take();
    const read = reader(name, variables);
    return peek() === "/" ? lambda(read, variables) : comparison(read);
  }
  function reader(
    name: string,
    variables: string[],
  ): (d: IndexedDocument, v: Record<string, unknown>) => unknown {
    if (variables.includes(name)) return (_document, values) => values[name];
    if (fields.includes(name)) return (document) => document[name] ?? null;
    throw new FilterError(
      `Invalid expression: Could not find a property named '${name}' on type 'search.document'.\r\nParameter name: $filter`,
    );
  }
  function comparison(read: ReturnType<typeof reader>): Predicate {
    const operator = take();
    const value = literal(take());
    return (document, values) => compare(operator, read(document, values), value);
  }
  function lambda(read: ReturnType<typeof reader>, variables: string[]): Predicate {
    take("/");
    const quantifier = take();
    take("(");
    if (quantifier === "any" && peek() === ")") {
      take();
      return (document, values) => listOf(read(document, values)).length > 0;
    }
    const variable = take();
    take(":");
    const inner = either([...variables, variable]);
    take(")");
    const holds =
      (document: IndexedDocument, values: Record<string, unknown>) => (value: unknown) =>
        inner(document, { ...values, [variable]: value });
    if (quantifier === "any") {
      return (document, values) => listOf(read(document, values)).some(holds(document, values));
    }
    if (quantifier === "all") {
      return (document, values) => listOf(read(document, values)).every(holds(document, values));
    }
    throw new FilterError(`Invalid expression: '${quantifier}' is not known.`);
  }
  function searchIn(variables: string[]): Predicate {
    take();
    take("(");
    const read = reader(take(), variables);
    take(",");
    const list = String(literal(take()));
    const delimiters = peek() === "," ? (take(), String(literal(take()))) : " ,";
    take(")");
    const wanted = splitBy(list, delimiters);
    return (document, values) => wanted.includes(String(read(document, values)));
  }

  const predicate = either([]);
  if (position < tokens.length) take("end");
  return predicate;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const scanner = new RegExp(TOKEN.source, TOKEN.flags);
  let last = 0;
  for (let match = scanner.exec(text); match !== null; match = scanner.exec(text)) {
    tokens.push(match[0].trim());
    last = scanner.lastIndex;
  }
  if (text.slice(last).trim() !== "") {
    throw new FilterError(`Invalid expression: Syntax error at position ${last} in '${text}'.`);
  }
  return tokens;
}

function literal(token: string): unknown {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (token === "true" || token === "false") return token === "true";
  if (token === "null") return null;
  const number = Number(token);
  if (Number.isNaN(number)) throw new FilterError(`Invalid expression: '${token}' is no literal.`);
  return number;
}

function compare(operator: string, left: unknown, right: unknown): boolean {
  if (operator === "eq") return left === right;
  if (operator === "ne") return left !== right;
  const ordered =
    typeof left === typeof right && (typeof left === "string" || typeof left === "number");
  // Only values of one type are compared; of other pairs none is before the other.
  const [a, b] = [left as number, right as number];
  switch (operator) {
    case "gt":
      return ordered && a > b;
    case "ge":
      return ordered && a >= b;
    case "lt":
      return ordered && a < b;
    case "le":
      return ordered && a <= b;
    default:
      throw new FilterError(`Invalid expression: '${operator}' is no operator.`);
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function splitBy(text: string, delimiters: string): string[] {
  const parts = [""];
  for (const letter of text) {
    if (delimiters.includes(letter)) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.filter((part) => part !== "");
}
