import { STOP_WORDS } from "./stop-words.ts";
import { stemmerOf } from "./stemmer.ts";

/** Turns text into index terms. Make one per thread and keep it: it remembers stems. */
export interface Analyzer {
  /** Terms in reading order, stop words left out. `language` as `detectLanguage` tells it, null when it could not. */
  terms(text: string, language: string | null): string[];
  /** The same by word. A text has the same words in every language; only their terms differ. */
  words(text: string, language: string | null): Word[];
}

export interface Word {
  /** As it stands in the text, in lower case and without accents; empty in scripts without spaces between words. */
  text: string;
  /** None for a stop word. */
  terms: string[];
}

/** Longer words are cut: nobody asks for them, and they would only swell the dictionary. */
const LONGEST_TERM = 64;
/** Words repeat: one that was seen before costs a tenth. For each language. */
const MEMORY = 50_000;
const GRAM = 3;
/** Two syllables are a Korean word, and particles follow without a space. */
const HANGUL_GRAM = 2;
/**
 * Without a stemmer the first letters stand for the word. Measured on texts treated as of unknown language: as good as
 * stems, where trigrams lose up to 3 points; and a table among prose does not match every word by some trigram.
 */
const STEM_LETTERS = 6;
/** Scripts of languages whose words change mostly at their ends. The others get trigrams (measured on Hindi: +0.7). */
const ENDS_CHANGE = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{M}]*$/u;

const HAN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆]/u;
const UNSPACED = /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
/** Scripts without spaces between words begin here: Thai. */
const FIRST_UNSPACED = 0x0e00;
/** Runs written without spaces between words, words (with inner apostrophes), and numbers or codes with inner marks. */
const RUNS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆]+|[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]+|[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’.,_\-/@:+&][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu;
/** The same for texts without other letters, six times as fast. */
const ASCII_RUNS = /[a-z0-9]+(?:['.,_\-/@:+&][a-z0-9]+)*/gu;
const ASCII = /^\p{ASCII}*$/u;
const INNER_MARKS = /['’.,_\-/@:+&]/u;

export function createAnalyzer(): Analyzer {
  const stemmers = new Map<string, ((word: string) => string) | null>();
  const memories = new Map<string | null, Map<string, Word[]>>();
  const unspacedWords = new Intl.Segmenter("th", { granularity: "word" });

  const stemmerFor = (language: string): ((word: string) => string) | null => {
    const known = stemmers.get(language);
    if (known !== undefined) return known;
    const stemmer = stemmerOf(language);
    stemmers.set(language, stemmer);
    return stemmer;
  };

  function termsOf(word: string, language: string | null): string[] {
    const stop = STOP_WORDS.get(language ?? "");
    if (stop?.has(word)) return [];
    const folded = language === "vi" ? word : foldAccents(word);
    // In Italian an accent tells words apart from stop words: `però` and `pero`, `dà` and `da`.
    if (language !== "it" && stop?.has(folded)) return [];
    if (language === "vi" || /\p{N}/u.test(folded)) return [folded];
    const stem = language === null ? null : stemmerFor(language);
    return stem ? [foldAccents(stem(word))] : withoutStemmer(folded);
  }

  function remembered(run: string, language: string | null): Word[] {
    let memory = memories.get(language);
    if (!memory || memory.size >= MEMORY) {
      memory = new Map<string, Word[]>();
      memories.set(language, memory);
    }
    const known = memory.get(run);
    if (known) return known;
    const found = wordsOf(run).map((whole) => {
      const word = whole.slice(0, LONGEST_TERM);
      return { text: foldAccents(word), terms: termsOf(word, language) };
    });
    if (run.length <= LONGEST_TERM) memory.set(run, found);
    return found;
  }

  function words(text: string, language: string | null): Word[] {
    const found: Word[] = [];
    const stop = STOP_WORDS.get(language ?? "");
    for (const run of runsOf(text)) {
      if (run.charCodeAt(0) < FIRST_UNSPACED) {
        for (const word of remembered(run, language)) found.push(word);
      } else if (HAN.test(run)) {
        for (const term of unigramsAndBigrams(run)) found.push(unspaced(term, stop));
      } else if (UNSPACED.test(run)) {
        for (const { segment } of unspacedWords.segment(run)) found.push(unspaced(segment, stop));
      } else {
        for (const word of remembered(run, language)) found.push(word);
      }
    }
    return found;
  }

  function terms(text: string, language: string | null): string[] {
    const found: string[] = [];
    for (const word of words(text, language)) for (const term of word.terms) found.push(term);
    return found;
  }

  return { words, terms };
}

function runsOf(text: string): string[] {
  if (ASCII.test(text)) return text.toLowerCase().match(ASCII_RUNS) ?? [];
  return text.toWellFormed().normalize("NFKC").toLowerCase().match(RUNS) ?? [];
}

function unspaced(term: string, stop: ReadonlySet<string> | undefined): Word {
  return { text: "", terms: stop?.has(term) ? [] : [term] };
}

/** A code such as `A-1234` or `7.2` is found whole and by its parts; an elision (`dell'anno`) by its parts only. */
function wordsOf(run: string): string[] {
  if (!INNER_MARKS.test(run)) return [run];
  const parts = run.split(INNER_MARKS);
  if (/^[^'’]*['’][a-z]{1,2}$/u.test(run)) return [run.replaceAll(/['’].*$/gu, "")];
  return /['’]/u.test(run) || !/\p{N}/u.test(run) ? parts : [run, ...parts];
}

/** Without the accents of Latin, Greek and Cyrillic; the vowel signs of other scripts are letters and stay. */
function foldAccents(word: string): string {
  return /^[a-z0-9]*$/u.test(word)
    ? word
    : word
        .normalize("NFD")
        .replaceAll(/[\u0300-\u036F]/gu, "")
        .normalize("NFC");
}

/** Each character and each pair, as words of their own: `港`, `港口`, `口`. */
function unigramsAndBigrams(run: string): string[] {
  const characters = [...run];
  return characters.flatMap((character, index) => {
    const next = characters[index + 1];
    return next === undefined ? [character] : [character, character + next];
  });
}

function withoutStemmer(word: string): string[] {
  const characters = [...word];
  if (ENDS_CHANGE.test(word)) return [characters.slice(0, STEM_LETTERS).join("")];
  const length = /\p{Script=Hangul}/u.test(word) ? HANGUL_GRAM : GRAM;
  if (characters.length <= length) return [word];
  return characters
    .slice(0, 1 - length)
    .map((_, index) => characters.slice(index, index + length).join(""));
}
