import type { RetrievedDocument } from "../../../src/protocol/events.ts";

const MOST = 3;
/** Longer headings are sentences. Characters. */
const LONGEST = 60;
const HAS_WORD = /\p{L}{3}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u;

interface Answered {
  /** In the order of their rank. */
  found: readonly Omit<RetrievedDocument, "content">[];
  /** Those that the answer cites. */
  cited: readonly Pick<RetrievedDocument, "x_groundwire">[];
  /** The questions of the conversation. */
  asked: readonly string[];
}

/**
 * What to ask next: the headings of passages that were found and not cited, best first. A heading by itself is the question: with words around it
 * ("What do the documents say about …?") the built-in answerer finds the words missing that no document has.
 */
export function suggestionsFor({ found, cited, asked }: Answered): string[] {
  const known = new Set([...asked, ...cited.map(headingOf)].map(folded));
  const suggestions: string[] = [];
  for (const passage of found) {
    const heading = headingOf(passage);
    const isNew = !known.has(folded(heading)) && folded(heading) !== folded(passage.title ?? "");
    if (!isNew || !isShort(heading)) continue;
    known.add(folded(heading));
    suggestions.push(heading);
    if (suggestions.length === MOST) break;
  }
  return suggestions;
}

function headingOf({ x_groundwire: extension }: Pick<RetrievedDocument, "x_groundwire">): string {
  return extension?.heading_path.at(-1)?.trim() ?? "";
}

function isShort(heading: string): boolean {
  return heading.length <= LONGEST && HAS_WORD.test(heading);
}

function folded(text: string): string {
  return text.trim().toLowerCase();
}
