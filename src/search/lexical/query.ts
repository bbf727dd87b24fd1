import type { Analyzer } from "../analysis/analyze.ts";
import { detectLanguage } from "../analysis/language.ts";
import { bigramHash, bigramTerm, termHash } from "./bigram.ts";

/** A question as the index is asked. */
export interface LexicalQuery {
  /** The question's terms in each language it is read in. */
  readings: string[][];
  /** Every term of every reading, once. */
  terms: string[];
  /** Neighbouring terms: the hash of the pair, and its name in the dictionary. */
  bigrams: ReadonlyMap<number, string>;
}

/** A pasted document is not a question: what comes later is left out. */
const MOST_TERMS = 64;
const LONGEST_QUERY = 4_000;
/** A question is read in at most this many of the index's languages. */
const MOST_READINGS = 4;

/**
 * Reads a question for an index whose passages are in `languages` (commonest first). A question is often too short to
 * tell its language: unless it is clearly one of them, it is read in each.
 */
export function lexicalQuery(
  text: string,
  languages: (string | null)[],
  analyzer: Analyzer,
): LexicalQuery {
  const question = text.slice(0, LONGEST_QUERY);
  const own = detectLanguage(question);
  const readIn =
    own !== null && languages.includes(own) ? [own] : languages.slice(0, MOST_READINGS);
  const readings: string[][] = [];
  const bigrams = new Map<number, string>();
  for (const language of readIn) {
    const terms = analyzer.terms(question, language).slice(0, MOST_TERMS);
    readings.push([...new Set(terms)]);
    terms.slice(1).forEach((term, index) => {
      const hash = bigramHash(termHash(terms[index] ?? ""), termHash(term));
      bigrams.set(hash, bigramTerm(hash));
    });
  }
  return { readings, terms: [...new Set(readings.flat())], bigrams };
}
