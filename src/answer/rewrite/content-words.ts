import type { Analyzer } from "../../search/analysis/analyze.ts";
import { detectLanguage } from "../../search/analysis/language.ts";

/** A word that says what a text is about, as it stands there, with its index terms. */
export interface ContentWord {
  text: string;
  /** Where it begins in the text. */
  at: number;
  terms: string[];
}

/** Words with their inner marks: `full-time`, `A-1234`, `7.2`. */
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’.\-_/&+][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu;
/** Scripts written without blanks between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
/** Words that only ask, of languages whose analysis has no stop words. */
const ASKING = new Set(
  `什么 多少 几 怎么 怎样 如何 哪 哪些 哪里 哪儿 谁 为什么 何时 是 的 有 吗 呢 了 在 和 与 可以 能 要 会 我 我们 我的 请 请问 关于 那 那么
  何 いつ どこ だれ 誰 なぜ どう どの いくら いくつ は が を に の と も で です ます か ですか ますか する した ある いる について これ それ
  무엇 뭐 언제 어디 누가 왜 어떻게 얼마 몇 그럼 그리고 있나요 인가요 입니까
  อะไร เมื่อไร เมื่อไหร่ ที่ไหน ใคร ทำไม อย่างไร เท่าไร เท่าไหร่ กี่ คือ เป็น มี ได้ ไหม และ หรือ ของ ที่ ใน แล้ว ล่ะ
  क्या कब कहाँ कौन क्यों कैसे कितना कितने कितनी है हैं का की के में को से और
  מה מתי איפה מי למה איך כמה האם של את על עם הוא היא
  τι πότε πού ποιος ποια ποιο γιατί πώς πόσο πόσες πόσα πόσοι είναι και το τα η ο οι του της των για με σε από`.split(
    /\s+/u,
  ),
);

/** The words of a text in order, without stop words. `language`: that of the texts it is compared with; its own by default. */
export function contentWords(
  text: string,
  analyzer: Analyzer,
  language: string | null = detectLanguage(text),
): ContentWord[] {
  return [...text.matchAll(WORD)]
    .flatMap((match) => wordsIn(match[0], match.index))
    .filter((word) => !ASKING.has(word.text.toLowerCase()))
    .map((word) => ({ ...word, terms: analyzer.terms(word.text, language) }))
    .filter(({ terms }) => terms.length > 0);
}

function wordsIn(run: string, at: number): { text: string; at: number }[] {
  if (!UNSPACED.test(run)) return [{ text: run, at }];
  // Words of all these scripts are told by their own dictionaries, whatever the locale.
  const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
  return [...segmenter.segment(run)].map(({ segment, index }) => ({
    text: segment,
    at: at + index,
  }));
}
