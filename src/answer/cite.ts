/** A complete marker, alone or several in one bracket. */
const MARKER = /^\[doc(\d{1,9})(?:\s*,\s*(?:doc)?\s*(\d{1,9}))*\s*\]/iu;
/** The beginning of what may become one. */
const BEGINNING = /^\[(?:d|do|doc[\d,\sdoc]{0,60})?$/iu;

export interface CitationGate {
  /** What may be shown of the text so far; the rest is held back until it is clear. */
  push(text: string): string;
  /** The rest. */
  end(): string;
  /** Impossible markers that were left out. */
  dropped(): number;
}

/**
 * Lets an answer through piece by piece with valid `[docN]` markers only. A half-written marker is held back; one that
 * names no citation is dropped with the blank before it; `[doc1, doc3]` becomes `[doc1][doc3]`.
 */
export function createCitationGate(citations: number): CitationGate {
  let held = "";
  let dropped = 0;

  function validMarkers(marker: string): string {
    const numbers = marker.match(/\d+/gu) ?? [];
    const valid = numbers.filter((number) => Number(number) >= 1 && Number(number) <= citations);
    dropped += numbers.length - valid.length;
    return valid.map((number) => `[doc${Number(number)}]`).join("");
  }

  function take(text: string, isLast: boolean): string {
    let rest = held + text;
    held = "";
    let shown = "";
    for (let at = rest.indexOf("["); at !== -1; at = rest.indexOf("[")) {
      const marker = MARKER.exec(rest.slice(at))?.[0];
      if (marker === undefined && !isLast && BEGINNING.test(rest.slice(at))) break;
      const before = rest.slice(0, at);
      const markers = marker === undefined ? "[" : validMarkers(marker);
      shown += markers === "" ? before.replace(/[ \t]+$/u, "") : before + markers;
      rest = rest.slice(at + (marker?.length ?? 1));
    }
    if (isLast) return shown + rest;
    // Blanks wait too: they go when an impossible marker follows them.
    const open = rest.indexOf("[");
    const clear = (open === -1 ? rest : rest.slice(0, open)).replace(/[ \t]+$/u, "");
    held = rest.slice(clear.length);
    return shown + clear;
  }

  return { push: (text) => take(text, false), end: () => take("", true), dropped: () => dropped };
}
