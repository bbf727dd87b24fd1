import type { Analyzer } from "../../search/analysis/analyze.ts";
import { detectLanguage } from "../../search/analysis/language.ts";
import type { SourcePassage } from "../../sources/source.ts";
import { sentencesOf } from "./sentences.ts";

export interface PickedSentence {
  text: string;
  /** 0-based position of its passage: the marker is one more. */
  passage: number;
  /** Position within all sentences, for quoting in reading order. */
  order: number;
  score: number;
}

/** Words of the heading or title count this much of words in the sentence. */
const HEADING_WEIGHT = 0.4;
const BIGRAM_WEIGHT = 0.5;
/** What the passage's own rank adds for the first passage. */
const RANK_WEIGHT = 0.35;
/** What a number adds when the question asks for one. */
const NUMBER_BONUS = 0.3;
const ASKS_NUMBER =
  /\b(?:how (?:many|much|long|often|old|far|high|late|early)|when|which (?:day|date|year)|what (?:time|date|percentage|rate|amount)|wie ?viele?|wie lange|wann|combien|quand|cuánt[oa]s?|cuándo|quant[oiae]|quando|hoeveel)\b/iu;
/** Others are quoted too when they score at least this share of the best and say something new. */
const ALSO = 0.62;
/** … or, whatever they score, when they have this much of the question's words that the better ones lack: another part of it. */
const UNSAID = 0.3;
const MOST = 3;

/** The sentences that answer the question best, in reading order. */
export function pickSentences(
  question: string,
  passages: SourcePassage[],
  analyzer: Analyzer,
): PickedSentence[] {
  const language = detectLanguage(question) ?? detectLanguage(passages[0]?.content ?? "");
  const asked = analyzer.terms(question, language);
  const sentences = passages.flatMap((passage, index) =>
    sentencesOf(passage.content).map((text) => ({
      text,
      passage: index,
      terms: analyzer.terms(text, language),
    })),
  );
  const weights = weightsOf(
    asked,
    sentences.map(({ terms }) => terms),
  );
  const headings = passages.map(
    ({ headingPath, title }) =>
      new Set(analyzer.terms([title ?? "", ...headingPath].join(" "), language)),
  );
  const wantsNumber = ASKS_NUMBER.test(question);
  const scored = sentences.map(
    ({ text, passage, terms }, order): PickedSentence & { terms: string[] } => {
      const overlap = overlapOf(asked, {
        terms,
        headings: headings[passage] ?? new Set(),
        weights,
      });
      const number = wantsNumber && /\p{N}/u.test(text) && overlap > 0 ? NUMBER_BONUS : 0;
      const rank = RANK_WEIGHT / (passage + 1);
      return { text, passage, order, terms, score: overlap === 0 ? 0 : overlap + number + rank };
    },
  );
  return choose(scored, weights);
}

/** Rare words among the sentences decide; together the words of the question weigh 1. */
function weightsOf(asked: string[], sentences: string[][]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const term of new Set(asked)) {
    const count = sentences.filter((terms) => terms.includes(term)).length;
    weights.set(term, Math.log(1 + (sentences.length + 1) / (count + 0.5)));
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0) || 1;
  return new Map([...weights].map(([term, weight]) => [term, weight / total]));
}

function overlapOf(
  asked: string[],
  {
    terms,
    headings,
    weights,
  }: { terms: string[]; headings: Set<string>; weights: Map<string, number> },
): number {
  const present = new Set(terms);
  let score = 0;
  for (const [term, weight] of weights) {
    if (present.has(term)) score += weight;
    else if (headings.has(term)) score += weight * HEADING_WEIGHT;
  }
  if (![...weights.keys()].some((term) => present.has(term))) return 0;
  const pairs = new Set(terms.slice(1).map((term, index) => `${terms[index]} ${term}`));
  asked.slice(1).forEach((term, index) => {
    const previous = asked[index] ?? "";
    if (pairs.has(`${previous} ${term}`)) {
      score += BIGRAM_WEIGHT * Math.min(weights.get(term) ?? 0, weights.get(previous) ?? 0);
    }
  });
  return score;
}

function choose(
  scored: (PickedSentence & { terms: string[] })[],
  weights: ReadonlyMap<string, number>,
): PickedSentence[] {
  const byScore = scored
    .filter(({ score }) => score > 0)
    .toSorted((left, right) => right.score - left.score || left.order - right.order);
  const best = byScore[0];
  if (!best) return [];
  const said = new Set<string>();
  const picked: PickedSentence[] = [];
  for (const { terms, ...sentence } of byScore) {
    if (picked.length >= MOST) break;
    const unsaid = [...weights].reduce(
      (sum, [term, weight]) => (terms.includes(term) && !said.has(term) ? sum + weight : sum),
      0,
    );
    const isGood = sentence.score >= best.score * ALSO || unsaid >= UNSAID;
    const isNew = picked.length === 0 || unsaid > 0;
    const isRepeat = picked.some(
      ({ text }) => text.includes(sentence.text) || sentence.text.includes(text),
    );
    if (!isGood || !isNew || isRepeat) continue;
    for (const term of terms) said.add(term);
    picked.push(sentence);
  }
  return picked.toSorted((left, right) => left.order - right.order);
}
