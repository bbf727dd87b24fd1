import { foldText } from "./fold-text.ts";

/** Characters shown on each side of what was found. */
const AROUND = 60;

/** The part of a text around the first place that holds `search`, as searches compare texts, on one line. */
export function snippetOf(text: string, search: string): string {
  const line = onOneLine(text);
  const at = placeOf(line, foldText(onOneLine(search)));
  const start = Math.max(0, at - AROUND);
  const end = Math.min(line.length, at + search.length + AROUND);
  return `${start > 0 ? "…" : ""}${line.slice(start, end).trim()}${end < line.length ? "…" : ""}`;
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ");
}

/** Where `wanted` begins in a text that was not folded; 0 when it does not stand there. */
function placeOf(text: string, wanted: string): number {
  const folded = foldText(text);
  const at = Math.max(0, folded.indexOf(wanted));
  if (folded.length === text.length) return at;
  // Folding took accents away that were characters of their own, or the like.
  let place = 0;
  for (let before = 0; before < at && place < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(place) ?? 0);
    before += foldText(character).length;
    place += character.length;
  }
  return place;
}
