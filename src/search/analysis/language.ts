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
const SAMPLE = 8_000;
/** Latin text is of a language when at least this share of its words are that language's function words. */
const LEAST_FUNCTION_WORDS = 0.12;

/**
 * Base language of a text (`en`, `de`, `zh` …), or null when it is too short, mixed or of a language without a profile.
 * Script decides first; among Latin languages the function words vote.
 */
export function detectLanguage(text: string): string | null {
  const sample = text.slice(0, SAMPLE);
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
  let best: string | null = null;
  let most = 0;
  let second = 0;
  for (const [language, list] of STOP_WORDS) {
    const hits = words.reduce((count, word) => count + (list.has(word) ? 1 : 0), 0);
    if (hits > most) {
      second = most;
      most = hits;
      best = language;
    } else if (hits > second) {
      second = hits;
    }
  }
  return most >= 2 && most > second && most / words.length >= LEAST_FUNCTION_WORDS ? best : null;
}
