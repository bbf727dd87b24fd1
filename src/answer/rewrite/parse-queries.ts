import { isObject } from "../../protocol/validation.ts";
import { parseJson } from "../../util/parse-json.ts";

const LONGEST_QUERY = 400;
/** Longer lines are prose, not queries. */
const LONGEST_LINE = 200;
const MARK = /^\s*(?:[-*•–]|\(?\d{1,2}[.):]|q(?:uery)?\s*\d{1,2}[.:)])\s*/iu;

export interface ParsedQueries {
  queries: string[];
  /** False: lines that might as well be something else than queries. */
  isList: boolean;
}

/** The queries in what a model wrote: a JSON list, an object that holds one, a list as Python writes it, or marked lines. */
export function parseQueries(text: string): ParsedQueries {
  const answer = text
    .replaceAll(/<think(?:ing)?>.*?(?:<\/think(?:ing)?>|$)/gisu, "")
    .replaceAll(/^\s*```\w*\s*$/gmu, "")
    .trim();
  const listed = listIn(answer);
  if (listed !== null) return { queries: tidy(listed), isList: true };
  const lines = answer.split("\n").filter((line) => line.trim() !== "" && !/[:：]\s*$/u.test(line));
  const marked = lines.filter((line) => MARK.test(line));
  if (marked.length > 0) {
    return { queries: tidy(marked.map((line) => line.replace(MARK, ""))), isList: true };
  }
  const plain = lines.filter((line) => line.length <= LONGEST_LINE && !/^\s*[[{]/u.test(line));
  return { queries: tidy(plain), isList: false };
}

function listIn(answer: string): string[] | null {
  const whole = stringsIn(parseJson(answer));
  if (whole !== null) return whole;
  for (const [open, close] of [
    ["[", "]"],
    ["{", "}"],
  ] as const) {
    const inner = answer.slice(answer.indexOf(open), answer.lastIndexOf(close) + 1);
    if (!inner.startsWith(open)) continue;
    const strings = stringsIn(parseJson(inner)) ?? (open === "[" ? quotedIn(inner) : null);
    if (strings !== null) return strings;
  }
  return null;
}

/** A list of texts, or of objects with one, or an object that holds such a list. */
function stringsIn(value: unknown): string[] | null {
  if (Array.isArray(value)) {
    const strings = value.flatMap((entry: unknown) => {
      const text = isObject(entry) ? Object.values(entry)[0] : entry;
      return typeof text === "string" ? [text] : [];
    });
    return strings.length > 0 ? strings : null;
  }
  if (!isObject(value)) return null;
  const lists = Object.values(value).map((entry) =>
    stringsIn(typeof entry === "string" ? [entry] : Array.isArray(entry) ? entry : null),
  );
  return lists.find((list) => list !== null) ?? null;
}

/** Single quotes and a comma too many are no JSON, but plain enough. */
function quotedIn(list: string): string[] | null {
  const quoted = [
    ...list.matchAll(/"((?:[^"\\]|\\.)*)"|(?<=[[,]\s*)'((?:[^'\\]|\\.|'(?!\s*[,\]]))*)'/gu),
  ];
  return quoted.length > 0 ? quoted.map(([, double, single]) => double ?? single ?? "") : null;
}

function tidy(queries: string[]): string[] {
  const seen = new Set<string>();
  return queries.flatMap((query) => {
    const text = query
      .replaceAll(/[\p{Cc}\s]+/gu, " ")
      .replaceAll(/^[\s"'“”`]+|[\s"'“”`,]+$/gu, "")
      .slice(0, LONGEST_QUERY);
    const key = text.toLowerCase();
    if (text === "" || seen.has(key)) return [];
    seen.add(key);
    return [text];
  });
}
