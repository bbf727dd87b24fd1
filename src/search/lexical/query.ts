import type { Analyzer } from "../analysis/analyze.ts";
import { bigramTerm, termHash } from "./bigram.ts";

/** A question as the index is asked. */
export interface LexicalQuery {
  words: QueryWord[];
  /** Dictionary names of neighbouring words. */
  bigrams: string[];
  /** Hashes of the first terms of the bigrams. */
  bigramStarts: ReadonlySet<number>;
}

/** One word of the question with its spelling in each language of the index. */
export interface QueryWord {
  terms: string[];
}

/** A pasted document is not a question: later words are left out. */
const MOST_WORDS = 64;
const LONGEST_QUERY = 4_000;

/** Reads a question in every language the index holds; words that are stop words in one may count in another. */
export function lexicalQuery(text: string, languages: (string | null)[], analyzer: Analyzer): LexicalQuery {
  const question = text.slice(0, LONGEST_QUERY);
  const words = new Map<string, QueryWord>();
  const bigrams = new Set<string>();
  const bigramStarts = new Set<number>();
  for (const language of languages) {
    const terms = analyzer.terms(question, language).slice(0, MOST_WORDS);
    for (const term of terms) words.set(term, { terms: [term] });
    terms.slice(1).forEach((term, index) => {
      const first = termHash(terms[index] ?? "");
      bigramStarts.add(first);
      bigrams.add(bigramTerm(first, termHash(term)));
    });
  }
  return { words: [...words.values()], bigrams: [...bigrams], bigramStarts };
}
