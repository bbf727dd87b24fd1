import type { SentenceExtension } from "../protocol/extensions.ts";
import { detectLanguage } from "../search/analysis/language.ts";
import type { SourcePassage } from "../sources/source.ts";
import type { Run } from "./run.ts";
import { sentenceSpans } from "./sentences.ts";
import { createSupportJudge } from "./support.ts";

/** Longer answers are not gone through to their end, in sentences. */
const MOST_SENTENCES = 200;
/** A quote shares this much of the words of what it supports. */
const LEAST_ALIKE = 0.2;

/** Each sentence of an answer, with how far the documents it cites support it. */
export function checkSentences(
  answer: string,
  passages: SourcePassage[],
  { services: { analyzer, refusing } }: Run,
): SentenceExtension[] {
  // A refusal rests on nothing, and says nothing.
  if (passages.length === 0) return [];
  const judge = createSupportJudge(passages, { analyzer, question: "" });
  const quoter = createQuoter(passages, analyzer);
  return sentenceSpans(answer)
    .slice(0, MOST_SENTENCES)
    .map((span) => {
      const text = answer.slice(span.start, span.end);
      const numbers = [...text.matchAll(/\[doc(\d+)\]/gu)].map(([, number]) => Number(number));
      const citations = [...new Set(numbers)].filter((number) => number <= passages.length);
      const among = citations.map((number) => number - 1);
      const { share, unknownNumbers, isForeign } = judge.judge(
        text,
        among.length > 0 ? among : undefined,
      );
      const support = isForeign ? null : share;
      return {
        ...span,
        citations,
        support,
        is_supported: verdict(support, unknownNumbers, refusing.threshold),
        unknown_numbers: unknownNumbers,
        quotes: citations.flatMap((citation) => quoter.quote(text, citation)),
      };
    });
}

/** Too few words to judge by may still hold a number that can be. */
function verdict(support: number | null, unknown: string[], threshold: number): boolean | null {
  if (unknown.length > 0) return false;
  return support === null ? null : support >= threshold;
}

function createQuoter(passages: SourcePassage[], analyzer: Run["services"]["analyzer"]) {
  const language = detectLanguage(passages.map(({ content }) => content).join("\n"));
  const read = new Map<number, { start: number; end: number; terms: Set<string> }[]>();
  const termsOf = (text: string): Set<string> =>
    new Set(analyzer.terms(text.replaceAll(/\[doc\d+\]/gu, " "), language));
  const sentencesOf = (citation: number) => {
    const known = read.get(citation);
    if (known) return known;
    const { content = "" } = passages[citation - 1] ?? {};
    const sentences = sentenceSpans(content).map((span) => ({
      ...span,
      terms: termsOf(content.slice(span.start, span.end)),
    }));
    read.set(citation, sentences);
    return sentences;
  };
  return {
    /** The sentence of a citation that shares most words; none when none shares enough. */
    quote(text: string, citation: number): SentenceExtension["quotes"] {
      const said = termsOf(text);
      const alike = sentencesOf(citation).map(({ start, end, terms }) => {
        const shared = [...said].filter((term) => terms.has(term)).length;
        // Of two that share as much the shorter one says it more plainly.
        return { start, end, score: shared / Math.max(1, said.size), length: terms.size };
      });
      const [best] = alike.toSorted(
        (left, right) => right.score - left.score || left.length - right.length,
      );
      if (!best || best.score < LEAST_ALIKE) return [];
      return [{ citation, start: best.start, end: best.end }];
    },
  };
}
