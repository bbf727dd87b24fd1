/** Longer brackets are text. What may become a marker is held back so long at most, in characters. */
const LONGEST_MARKER = 90;

const DOC = String.raw`doc(?:ument)?s?\s*#?\d{1,9}`;
const NUMBER = String.raw`#?\d{1,9}(?::\d{1,9})?`;
/** What some models write behind a number: `1†source`. */
const LABEL = String.raw`\s*†[^\][［］【】,;\n]*`;
const NEXT = String.raw`\s*(?:[,;、&+–-]|and|und|et|y|e|en)\s*(?:${DOC}|${NUMBER})(?:${LABEL})?`;
/** A complete marker: `[doc1]`, several in one bracket, and how models trained on other markers write them. */
const MARKER = new RegExp(
  String.raw`^(?:[[［]\s*(?:${DOC}(?:${LABEL})?|${NUMBER}${LABEL})(?:${NEXT})*\s*[\]］]|【\s*(?:${DOC}|${NUMBER})(?:${LABEL})?(?:${NEXT})*\s*】)`,
  "iu",
);
/** The beginning of what may become one. */
const BEGINNING =
  /^(?:[[［]\s*(?:d|do|doc(?:u|um|ume|umen|ument)?s?\s*(?:#?|#?\d[^\][［］【】\n]*)|#?\d{0,9}(?::\d{0,9})?\s*(?:†[^\][［］【】\n]*)?)?|【[^\][［］【】\n]*)$/iu;
const BRACKET = /[[［【]/u;

export interface CitationGate {
  /** What may be shown of the text so far; the rest is held back until it is clear. */
  push(text: string): string;
  /** The rest; another text may follow. */
  end(): string;
  /** Impossible markers that were left out. */
  dropped(): number;
  /** The answer named no document by `[doc0]`: so a model says that it refuses. */
  namedNone(): boolean;
}

/**
 * Lets an answer through piece by piece with valid `[docN]` markers only. A half-written marker is held back; one that
 * names no citation is dropped with the blank before it; `[doc1, doc3]` becomes `[doc1][doc3]`, `【1†source】` `[doc1]`.
 * @param citations How many there are now.
 */
export function createCitationGate(citations: () => number): CitationGate {
  let held = "";
  let dropped = 0;
  let none = false;
  /** The end of what was shown: a marker must not arise around one that is dropped. */
  let tail = "";

  function validMarkers(marker: string): string {
    const numbers = numbersIn(marker);
    none ||= numbers.includes(0);
    const valid = numbers.filter((number) => number >= 1 && number <= citations());
    dropped += numbers.length - valid.length;
    return [...new Set(valid)].map((number) => `[doc${number}]`).join("");
  }

  function show(shown: string, text: string): string {
    tail = (tail + text).slice(-LONGEST_MARKER);
    return shown + text;
  }

  function isWithinBracket(): boolean {
    const open = Math.max(...["[", "［", "【"].map((bracket) => tail.lastIndexOf(bracket)));
    return open !== -1 && BEGINNING.test(tail.slice(open));
  }

  function take(text: string, isLast: boolean): string {
    let rest = held + text;
    held = "";
    let shown = "";
    for (let at = rest.search(BRACKET); at !== -1; at = rest.search(BRACKET)) {
      const open = rest.slice(at, at + LONGEST_MARKER);
      const marker = MARKER.exec(open)?.[0];
      if (marker === undefined && !isLast && open.length < LONGEST_MARKER && BEGINNING.test(open))
        break;
      const before = rest.slice(0, at);
      const markers = marker === undefined ? (rest[at] ?? "") : validMarkers(marker);
      shown = show(shown, markers === "" ? before.replace(/[ \t]+$/u, "") : before + markers);
      if (markers === "" && isWithinBracket()) shown = show(shown, ")");
      rest = rest.slice(at + (marker?.length ?? 1));
    }
    if (isLast) return show(shown, rest);
    // Blanks wait too: they go when an impossible marker follows them.
    const open = rest.search(BRACKET);
    const clear = (open === -1 ? rest : rest.slice(0, open)).replace(/[ \t]+$/u, "");
    held = rest.slice(clear.length);
    return show(shown, clear);
  }

  return {
    push: (text) => take(text, false),
    end: () => take("", true),
    dropped: () => dropped,
    namedNone: () => none,
  };
}

/** The numbers of a marker. One such as `4:0` names a passage of another conversation: none of these. */
function numbersIn(marker: string): number[] {
  const bare = marker.replaceAll(/†[^,;\]］】]*/gu, "");
  return [...bare.matchAll(/(\d+)(:\d+)?/gu)].map(([, number, part]) =>
    part === undefined ? Number(number) : Number.POSITIVE_INFINITY,
  );
}
