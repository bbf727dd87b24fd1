/** A formula in an answer's Markdown. */
export interface FoundFormula {
  /** Behind its closing sign. */
  end: number;
  /** On a line of its own, as `$$…$$` and `\[…\]` are. */
  isDisplay: boolean;
  /** Nothing follows it on its line. */
  endsLine: boolean;
}

/** Longer ones are shown as they were written: they are drawn on the page's own thread. Characters. */
const LONGEST = 2000;
const CLOSING = { $$: "$$", "\\[": "\\]", "\\(": "\\)", $: "$" } as const;
type Opening = keyof typeof CLOSING;

/**
 * The formulas of a text by where they begin: `$$…$$`, `\[…\]`, `\(…\)`, and `$…$` where it cannot be an amount of money. What lies in code is the
 * caller's to leave out.
 */
export function findFormulas(text: string): Map<number, FoundFormula> {
  const found = new Map<number, FoundFormula>();
  for (const { at, formula } of openings(text)) if (formula !== null) found.set(at, formula);
  return found;
}

/** A growing text without the formula at its end that is not closed yet, if it may still become one. */
export function holdBackFormula(text: string): string {
  let end = 0;
  for (const { at, open, formula } of openings(text)) {
    if (formula === null && isUnfinished(text, at, open)) return text.slice(0, at);
    end = formula?.end ?? end;
  }
  return end < text.length && HALF_OPENING.test(text) ? text.slice(0, -1) : text;
}

/** A dollar sign, or a backslash that is not itself escaped. */
const HALF_OPENING = /\$$|(?<!\\)(?:\\\\)*\\$/u;

function* openings(
  text: string,
): Generator<{ at: number; open: Opening; formula: FoundFormula | null }> {
  let at = 0;
  while (at < text.length) {
    const open = openingAt(text, at);
    if (open === null) {
      // An escaped sign opens nothing.
      at += text[at] === "\\" ? 2 : 1;
      continue;
    }
    const formula = formulaAt(text, at, open);
    yield { at, open, formula };
    at = formula?.end ?? at + open.length;
  }
}

const WORD = /[\p{L}\p{N}]/u;
const MAY_FOLLOW_DOLLAR = /[^\s$.,;:!?)\]}'"’”`]/u;

function openingAt(text: string, at: number): Opening | null {
  const two = text.slice(at, at + 2);
  if (two === "$$" || two === "\\[" || two === "\\(") return two;
  if (!two.startsWith("$")) return null;
  // Not `US$5`, `5 $`, `($)`.
  return WORD.test(text[at - 1] ?? "") || !MAY_FOLLOW_DOLLAR.test(two[1] ?? "") ? null : "$";
}

function formulaAt(text: string, at: number, open: Opening): FoundFormula | null {
  const start = at + open.length;
  const close = closingAt(text, start, open);
  if (close === null) return null;
  const end = close + CLOSING[open].length;
  const tex = text.slice(start, close);
  if (!isFormula(tex, open)) return null;
  if (open === "$" && !closesThere(tex, text.slice(end, end + 3))) return null;
  return {
    end,
    isDisplay: open === "$$" || open === "\\[",
    endsLine: /^[ \t]*(?:\r?\n|$)/u.test(text.slice(end, end + LONGEST)),
  };
}

/** Where the closing sign stands; null: another one opens before, or there is none. */
function closingAt(text: string, start: number, open: Opening): number | null {
  const last = Math.min(text.length, start + LONGEST);
  for (let at = start; at < last; at++) {
    if (text.startsWith(CLOSING[open], at)) return at;
    const isDollar = text[at] === "$" && open.startsWith("$");
    if (isDollar || (open.startsWith("\\") && text.startsWith(open, at))) return null;
    if (text[at] === "\\") at++;
  }
  return null;
}

/** Inside of a formula there is no code, no marker of a source and no end of a paragraph. */
const FOREIGN = /`|\[doc|\n[ \t>]*\n/u;
/** What Markdown's escaped brackets hold otherwise: `\[doc1\]`, `\[2, 3\]`, `\(optional\)`. */
const BRACKETED = /^(?:\s*doc\d.*|[\d\s,–-]*|[\p{L}\s.,-]{2,})$/su;

function isFormula(tex: string, open: Opening): boolean {
  if (tex.trim() === "" || FOREIGN.test(tex)) return false;
  if (open === "$") return !isProse(tex);
  return open === "$$" || !BRACKETED.test(tex);
}

const COMMAND = /\\[A-Za-z]+\*?(?:\{[^{}]*\})?/gu;

/** `5 million, in Swiss francs 6` lies between two prices. */
function isProse(tex: string): boolean {
  const bare = tex.replaceAll(COMMAND, " ");
  return /^\d/u.test(tex) ? /\p{L}{2}/u.test(bare) : /\p{L}{3}[\s,;]+\p{L}{2}/u.test(bare);
}

/** Not in `$5-$10`, `$HOME/$USER`; but in `the $n$th`. */
function closesThere(tex: string, after: string): boolean {
  return !/\s$/u.test(tex) && (!/^[A-Za-z0-9]/u.test(after) || /^th(?![A-Za-z])/u.test(after));
}

function isUnfinished(text: string, at: number, open: Opening): boolean {
  const start = at + open.length;
  if (text.length - start > LONGEST || closingAt(text, start, open) !== null) return false;
  const tex = text.slice(start);
  if (FOREIGN.test(tex)) return false;
  if (open !== "$") return true;
  // An amount of money is not held back until its paragraph ends.
  return !tex.includes("$") && !/^\d[\d.,]*(?:\s|$)/u.test(tex) && !isProse(tex);
}
