import { STOP_WORDS } from "./stop-words.ts";
import { stemmerOf } from "./stemmer.ts";

/** Turns text into index terms. Make one per thread and keep it: it remembers stems. */
export interface Analyzer {
  /**
   * Terms in reading order, stop words left out. `language` as `detectLanguage` tells it; null (unknown) and languages
   * without a stemmer are indexed by character trigrams.
   */
  terms(text: string, language: string | null): string[];
}

/** Longer words are cut: nobody asks for them, and they would only swell the dictionary. */
const LONGEST_TERM = 64;
const GRAM = 3;

/** Runs written without spaces between words, words (with inner apostrophes), and numbers or codes with inner marks. */
const RUNS =
  /(?<han>[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆]+)|(?<unspaced>[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]+)|(?<word>[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’.,_\-/@:+&][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*)/gu;
const INNER_MARKS = /['’.,_\-/@:+&]/u;

export function createAnalyzer(): Analyzer {
  const stemmers = new Map<string, ((word: string) => string) | null>();
  const unspacedWords = new Intl.Segmenter("th", { granularity: "word" });

  const stemmerFor = (language: string): ((word: string) => string) | null => {
    const known = stemmers.get(language);
    if (known !== undefined) return known;
    const stemmer = stemmerOf(language);
    stemmers.set(language, stemmer);
    return stemmer;
  };

  return {
    terms(text, language) {
      const stop = STOP_WORDS.get(language ?? "");
      const stem = language === null ? null : stemmerFor(language);
      const terms: string[] = [];
      const addWord = (word: string): void => {
        if (stop?.has(word)) return;
        const folded = language === "vi" ? word : fold(word);
        if (stop?.has(folded) && language !== "it") return;
        if (/\p{N}/u.test(folded)) terms.push(folded);
        else if (stem) terms.push(fold(stem(word)));
        else if (language === "vi") terms.push(folded);
        else terms.push(...grams(folded));
      };
      for (const { groups } of text.toWellFormed().normalize("NFKC").toLowerCase().matchAll(RUNS)) {
        if (groups?.["han"] !== undefined) terms.push(...unigramsAndBigrams(groups["han"]));
        else if (groups?.["unspaced"] !== undefined) {
          for (const { segment } of unspacedWords.segment(groups["unspaced"])) terms.push(segment);
        } else if (groups?.["word"] !== undefined) {
          for (const word of wordsOf(groups["word"])) addWord(word.slice(0, LONGEST_TERM));
        }
      }
      return terms;
    },
  };
}

/** A code such as `A-1234` or `7.2` is found whole and by its parts; an elision (`dell'anno`) by its parts only. */
function wordsOf(run: string): string[] {
  if (!INNER_MARKS.test(run)) return [run];
  const parts = run.split(INNER_MARKS);
  if (/^[^'’]*['’][a-z]{1,2}$/u.test(run)) return [run.replaceAll(/['’].*$/gu, "")];
  return /['’]/u.test(run) || !/\p{N}/u.test(run) ? parts : [run, ...parts];
}

/** Without the accents of Latin, Greek and Cyrillic; the vowel signs of other scripts are letters and stay. */
function fold(word: string): string {
  return /^[a-z0-9]*$/u.test(word)
    ? word
    : word
        .normalize("NFD")
        .replaceAll(/[\u0300-\u036F]/gu, "")
        .normalize("NFC");
}

function unigramsAndBigrams(run: string): string[] {
  const characters = [...run];
  return characters.flatMap((character, index) => {
    const next = characters[index + 1];
    return next === undefined ? [character] : [character, character + next];
  });
}

function grams(word: string): string[] {
  const characters = [...word];
  if (characters.length <= GRAM) return [word];
  return characters
    .slice(0, 1 - GRAM)
    .map((_, index) => characters.slice(index, index + GRAM).join(""));
}
