import { STOP_WORDS } from "./stop-words.ts";

/** Scripts that one language (or a group searched alike) is written in. */
const SCRIPTS: [language: string, letters: RegExp][] = [
  ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["zh", /\p{Script=Han}/gu],
  ["ko", /\p{Script=Hangul}/gu],
  ["th", /\p{Script=Thai}/gu],
  ["lo", /\p{Script=Lao}/gu],
  ["km", /\p{Script=Khmer}/gu],
  ["el", /\p{Script=Greek}/gu],
  ["hi", /\p{Script=Devanagari}/gu],
  ["he", /\p{Script=Hebrew}/gu],
  ["ar", /\p{Script=Arabic}/gu],
  ["ru", /\p{Script=Cyrillic}/gu],
];

/** Cyrillic letters that Russian does not have. */
const NOT_RUSSIAN = /[іїєґјљњћџѓќѕў]/iu;
/** Japanese is mostly Han; this share of kana among the letters tells it from Chinese. */
const JAPANESE_KANA = 0.1;
/** Text of these letters is of none of the scripts above. */
const LATIN = /^[\p{ASCII}\u0080-\u024F]*$/u;
/** The languages that have a word as a function word. */
const SPEAKERS: ReadonlyMap<string, string[]> = speakersOf(STOP_WORDS);
const SAMPLE = 8_000;
/** Latin text is of a language when at least this share of its words are that language's function words. */
const LEAST_FUNCTION_WORDS = 0.12;

/**
 * Base language of a text (`en`, `de`, `zh` …), or null when it is too short, mixed or of a language without a profile.
 * Script decides first; among Latin languages the function words vote.
 */
export function detectLanguage(text: string): string | null {
  const sample = text.slice(0, SAMPLE);
  if (LATIN.test(sample)) return detectLatin(sample);
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return null;
  for (const [language, script] of SCRIPTS) {
    const share = (sample.match(script)?.length ?? 0) / letters;
    if (share < (language === "ja" ? JAPANESE_KANA : 0.3)) continue;
    return language === "ru" && NOT_RUSSIAN.test(sample) ? null : language;
  }
  return detectLatin(sample);
}

function detectLatin(sample: string): string | null {
  const words = sample.toLowerCase().match(/[\p{L}\p{M}'’]+/gu) ?? [];
  const votes = new Map<string, number>();
  for (const word of words)
    for (const language of SPEAKERS.get(word) ?? [])
      votes.set(language, (votes.get(language) ?? 0) + 1);
  const [best, second] = [...votes].toSorted(([, left], [, right]) => right - left);
  if (!best) return null;
  const [language, most] = best;
  const isAlone = most > (second?.[1] ?? 0);
  return most >= 2 && isAlone && most / words.length >= LEAST_FUNCTION_WORDS ? language : null;
}

function speakersOf(lists: ReadonlyMap<string, ReadonlySet<string>>): Map<string, string[]> {
  const speakers = new Map<string, string[]>();
  for (const [language, list] of lists)
    for (const word of list) speakers.set(word, [...(speakers.get(word) ?? []), language]);
  return speakers;
}
