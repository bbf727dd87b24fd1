import type { Analyzer } from "../search/analysis/analyze.ts";
import { detectLanguage } from "../search/analysis/language.ts";

/** A word that says what a text is about, as it stands there, with its index terms. */
export interface ContentWord {
  text: string;
  terms: string[];
}

/** The words of a text in order, without stop words. `language` of the texts it is compared with; its own by default. */
export function contentWords(
  text: string,
  analyzer: Analyzer,
  language: string | null = detectLanguage(text),
): ContentWord[] {
  const segmenter = new Intl.Segmenter(language ?? undefined, { granularity: "word" });
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => ({ text: segment, terms: analyzer.terms(segment, language) }))
    .filter(({ terms }) => terms.length > 0);
}
