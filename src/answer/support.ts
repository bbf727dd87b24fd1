import type { Analyzer } from "../search/analysis/analyze.ts";
import { detectLanguage } from "../search/analysis/language.ts";
import type { SourcePassage } from "../sources/source.ts";

/** How far passages support a text. */
export interface Support {
  /** 0…1: share of its words that stand in the passages, rare ones counting more; null: it has too few to judge by. */
  share: number | null;
  /** Numbers in it that stand in none of the passages. */
  unknownNumbers: string[];
  /** Its language is another one than that of the passages: words tell nothing. */
  isForeign: boolean;
}

export interface SupportJudge {
  /** @param among Positions of the passages that may support it; all by default. */
  judge(text: string, among?: readonly number[]): Support;
}

/** Fewer words than this are no statement that could be judged. */
const LEAST_WORDS = 3;
/** Longer questions are read in part, in characters. */
const LONGEST_QUESTION = 8_000;
/** With separators within: `1,000.50`, `13.5`. */
const NUMBER = /\p{Nd}+(?:[.,'’\u00A0\u202F]\p{Nd}+)*/gu;

/**
 * Judges by words. Those of the question are left out where others are there: an answer that repeats the question would seem to be
 * supported by any passage on its subject.
 */
export function createSupportJudge(
  passages: SourcePassage[],
  { analyzer, question }: { analyzer: Analyzer; question: string },
): SupportJudge {
  const texts = passages.map(({ title, headingPath, content }) =>
    [title ?? "", ...headingPath, content].join("\n"),
  );
  const everywhere = texts.map((_, index) => index);
  const language = detectLanguage(texts.join("\n"));
  const present = texts.map((text) => new Set(analyzer.terms(text, language)));
  const numbers = texts.map((text) => new Set(numbersIn(text)));
  const asked = new Set(analyzer.terms(question.slice(0, LONGEST_QUESTION), language));
  const weightOf = (term: string): number => {
    const count = present.filter((terms) => terms.has(term)).length;
    return 1 + Math.log((present.length + 1) / (count + 1));
  };

  return {
    judge(text, among = everywhere) {
      const bare = text.replaceAll(/\[doc\d+\]/gu, " ");
      const spoken = detectLanguage(bare);
      const isForeign = spoken !== null && language !== null && spoken !== language;
      const said = [...new Set(analyzer.terms(bare, language))];
      const own = said.filter((term) => !asked.has(term));
      const judged = own.length >= LEAST_WORDS ? own : said;
      const total = judged.reduce((sum, term) => sum + weightOf(term), 0);
      const found = judged
        .filter((term) => among.some((index) => present[index]?.has(term)))
        .reduce((sum, term) => sum + weightOf(term), 0);
      return {
        share: judged.length < LEAST_WORDS || total === 0 ? null : found / total,
        unknownNumbers: numbersIn(bare).filter(
          (number) => !among.some((index) => numbers[index]?.has(number)),
        ),
        isForeign,
      };
    },
  };
}

/** Numbers by their digits alone: languages set separators differently. */
function numbersIn(text: string): string[] {
  return [
    ...new Set((text.match(NUMBER) ?? []).map((number) => number.replaceAll(/\P{Nd}/gu, ""))),
  ];
}
