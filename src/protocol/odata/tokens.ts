/** What is wrong with an OData filter; the message says where and what is understood instead. */
export class ODataError extends Error {}

export interface Token {
  kind: "text" | "number" | "word" | "sign" | "end";
  /** As written; of a text what it says. */
  value: string;
  /** Of its first character, from 1. */
  position: number;
}

const TOKENS =
  /\s*(?:'(?<text>(?:[^']|'')*)'|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\p{L}\p{N}_:.-])|(?<word>[\p{L}_][\p{L}\p{N}_.]*)|(?<sign>[(),:/]))/uy;

/** @throws ODataError for what is no token. */
export function tokensOf(filter: string): Token[] {
  const tokens: Token[] = [];
  const scanner = new RegExp(TOKENS.source, TOKENS.flags);
  let end = 0;
  for (let match = scanner.exec(filter); match !== null; match = scanner.exec(filter)) {
    const { text, number, word, sign } = match.groups ?? {};
    const position = end + match[0].length - match[0].trimStart().length + 1;
    end = scanner.lastIndex;
    if (text !== undefined)
      tokens.push({ kind: "text", value: text.replaceAll("''", "'"), position });
    else if (number !== undefined) tokens.push({ kind: "number", value: number, position });
    else if (word !== undefined) tokens.push({ kind: "word", value: word, position });
    else tokens.push({ kind: "sign", value: sign ?? "", position });
  }
  const rest = filter.slice(end);
  if (rest.trim() !== "") {
    const position = end + rest.length - rest.trimStart().length + 1;
    throw new ODataError(
      `position ${position}: '${rest.trim().slice(0, 20)}' is neither a name, a number nor a text in single quotes`,
    );
  }
  tokens.push({ kind: "end", value: "", position: filter.length + 1 });
  return tokens;
}
