import type { Analyzer, Word } from "../analysis/analyze.ts";
import { detectLanguage } from "../analysis/language.ts";
import { bigramHash, bigramTerm, termHash } from "./bigram.ts";

/** A question as the index is asked. */
export interface LexicalQuery {
  words: QueryWord[];
  /** Neighbouring terms, by the hash of the pair. */
  bigrams: ReadonlyMap<number, Bigram>;
  /** Its words are syllables: Vietnamese writes a blank between them. */
  isSyllabic: boolean;
}

export interface Bigram {
  /** In the dictionary. */
  name: string;
  terms: [string, string];
}

export interface QueryWord {
  /** As it was asked, in lower case and without accents; empty in scripts without spaces between words. */
  text: string;
  /** Written like a name, a number or a code: it has no other words that mean the same. */
  isName: boolean;
  /** What it is called in the passages of each language: a stem, or several character trigrams. No two are equal. */
  readings: string[][];
}

/** A pasted document is not a question: what comes later is left out. */
const LONGEST_QUERY = 4_000;
const MOST_WORDS = 64;
/** A question is read in at most this many of the index's languages. */
const MOST_READINGS = 8;

/**
 * Reads a question for an index whose passages are in `languages` (commonest first), in each of them: names, numbers and
 * borrowed words are the same elsewhere, a table has no language, and a question is often too short to tell its own.
 */
export function lexicalQuery(
  text: string,
  languages: (string | null)[],
  analyzer: Analyzer,
): LexicalQuery {
  const question = text.slice(0, LONGEST_QUERY);
  const readings = readingsOf(question, languages, analyzer);
  const names = namesOf(question, analyzer);
  const words = new Map<string, QueryWord>();
  const places = Math.max(0, ...readings.map(({ length }) => length));
  for (let place = 0; place < places && words.size < MOST_WORDS; place++) {
    const named = new Map<string, string[]>();
    for (const reading of readings) {
      const terms = [...new Set(reading[place]?.terms)];
      if (terms.length > 0) named.set(terms.join(" "), terms);
    }
    if (named.size === 0) continue;
    const { text } = readings[0]?.[place] ?? { text: "" };
    words.set([...named.keys()].join("|"), {
      text,
      isName: names.has(text),
      readings: [...named.values()],
    });
  }
  const language = detectLanguage(question) ?? languages[0];
  return {
    words: [...words.values()],
    bigrams: bigramsOf(readings),
    isSyllabic: language === "vi",
  };
}

/** The question's words by language, without its stop words: those of its own language or, if that is unknown, of any. */
function readingsOf(question: string, languages: (string | null)[], analyzer: Analyzer): Word[][] {
  const own = detectLanguage(question);
  const others = languages.filter((language) => language !== own);
  const isHere = own !== null && others.length < languages.length;
  const readings = (isHere ? [own, ...others] : languages)
    .slice(0, MOST_READINGS)
    .map((language) => analyzer.words(question, language));
  const judges = own === null ? readings : [analyzer.words(question, own)];
  return readings.map((reading) =>
    reading.filter((_, place) => judges.every((judge) => (judge[place]?.terms.length ?? 0) > 0)),
  );
}

/** Words with a digit, and those with a capital letter where it does not begin the question, unless most have one. */
function namesOf(question: string, analyzer: Analyzer): Set<string> {
  const written = question.match(WRITTEN) ?? [];
  const inner = written.slice(1);
  const capitals = inner.filter((word) => CAPITAL.test(word));
  const names = [
    ...written.filter((word) => DIGIT.test(word)),
    ...(capitals.length > inner.length / 2 ? [] : capitals),
  ];
  const texts = analyzer.words(names.join(" "), null).map(({ text }) => text);
  return new Set(texts.filter((text) => text !== ""));
}

const WRITTEN = /[\p{L}\p{N}][\p{L}\p{M}\p{N}.'’-]*/gu;
const CAPITAL = /^\p{Lu}/u;
const DIGIT = /\p{N}/u;

function bigramsOf(readings: Word[][]): Map<number, Bigram> {
  const bigrams = new Map<number, Bigram>();
  for (const reading of readings) {
    const terms = reading.slice(0, MOST_WORDS).flatMap((word) => word.terms);
    terms.slice(1).forEach((second, index) => {
      const first = terms[index] ?? "";
      const hash = bigramHash(termHash(first), termHash(second));
      bigrams.set(hash, { name: bigramTerm(hash), terms: [first, second] });
    });
  }
  return bigrams;
}
