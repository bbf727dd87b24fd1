import type { Analyzer, Word } from "../../search/analysis/analyze.ts";
import { detectLanguage } from "../../search/analysis/language.ts";
import { creditOf } from "../../search/lexical/credit.ts";
import { createSubwordScanner } from "../../search/lexical/subwords.ts";
import { partsOf, sidesOf } from "../rewrite/split.ts";
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

/** Words of the heading or title count this much of words in the sentence … */
const HEADING_WEIGHT = 0.4;
/** … and those of the sentence before or after it this much: an answer often stands beside the words that ask for it. */
const BESIDE_WEIGHT = 0.3;
const BIGRAM_WEIGHT = 0.5;
/** What the passage's own rank adds for the first passage. */
const RANK_WEIGHT = 0.35;
/** What a number adds when the question asks for one. */
const NUMBER_BONUS = 0.3;
const ASKS_NUMBER =
  /\b(?:how (?:many|much|long|often|old|far|high|late|early)|when|which (?:day|date|year)|what (?:time|date|percentage|rate|amount)|wie ?viele?|wie lange|wann|combien|quand|cuánt[oa]s?|cuándo|quant[oiae]|quando|hoeveel)\b/iu;
/** Others are quoted too when they score at least this share of the best and say something new. */
const ALSO = 0.62;
/**
 * … or, whatever they score, when they have this much of the question's words that the better ones lack: another part of it. Of a
 * message that asks or compares several things, this much of the words of one of them.
 */
const UNSAID = 0.4;
const MOST = 3;

/** The sentences that answer the question best, in reading order. */
export function pickSentences(
  question: string,
  passages: SourcePassage[],
  analyzer: Analyzer,
): PickedSentence[] {
  const language = detectLanguage(question) ?? detectLanguage(passages[0]?.content ?? "");
  const asked = analyzer.terms(question, language);
  const similarTo = createPartFinder(analyzer.words(question, language));
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
      const beside = [sentences[order - 1], sentences[order + 1]].flatMap((other) =>
        other?.passage === passage ? other.terms : [],
      );
      const overlap = overlapOf(asked, weights, {
        terms,
        parts: similarTo(text),
        headings: headings[passage] ?? new Set(),
        beside: new Set(beside),
      });
      const number = wantsNumber && /\p{N}/u.test(text) && overlap > 0 ? NUMBER_BONUS : 0;
      const rank = RANK_WEIGHT / (passage + 1);
      return { text, passage, order, terms, score: overlap === 0 ? 0 : overlap + number + rank };
    },
  );
  const things = sidesOf(question) ?? partsOf(question);
  const wanted = things.map((thing) => shareOf(weights, analyzer.terms(thing, language)));
  return choose(scored, things.length > 1 ? wanted : [weights]);
}

/** Finds terms of the question in a text whose words are alike: what each counts for, 0…1. */
function createPartFinder(words: Word[]): (text: string) => Map<string, number> {
  const scanner = createSubwordScanner(words);
  return (text) => {
    const parts = new Map<string, number>();
    for (const [word, similarity] of scanner.scan(text).similarities.entries()) {
      const credit = creditOf(similarity);
      if (credit === 0) continue;
      for (const term of words[word]?.terms ?? [])
        parts.set(term, Math.max(credit, parts.get(term) ?? 0));
    }
    return parts;
  };
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

/** The weights of these terms alone; together they weigh 1. */
function shareOf(weights: ReadonlyMap<string, number>, terms: string[]): Map<string, number> {
  const own = terms.map((term) => [term, weights.get(term) ?? 0] as const);
  const total = [...new Map(own).values()].reduce((sum, weight) => sum + weight, 0) || 1;
  return new Map(own.map(([term, weight]) => [term, weight / total]));
}

function weightOf(terms: ReadonlySet<string>, weights: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [term, weight] of weights) if (terms.has(term)) sum += weight;
  return sum;
}

/** What a sentence has of the question, and what stands around it. */
interface Surroundings {
  terms: string[];
  /** What terms count for that it has in part. */
  parts: ReadonlyMap<string, number>;
  headings: ReadonlySet<string>;
  beside: ReadonlySet<string>;
}

/** 0 when the sentence itself has nothing of the question. */
function overlapOf(
  asked: string[],
  weights: ReadonlyMap<string, number>,
  { terms, parts, headings, beside }: Surroundings,
): number {
  const present = new Set(terms);
  if (![...weights.keys()].some((term) => present.has(term) || parts.has(term))) return 0;
  let score = 0;
  for (const [term, weight] of weights) {
    const around = Math.max(
      parts.get(term) ?? 0,
      headings.has(term) ? HEADING_WEIGHT : 0,
      beside.has(term) ? BESIDE_WEIGHT : 0,
    );
    score += weight * (present.has(term) ? 1 : around);
  }
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
  wanted: ReadonlyMap<string, number>[],
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
    const fresh = new Set(terms.filter((term) => !said.has(term)));
    const unsaid = Math.max(...wanted.map((weights) => weightOf(fresh, weights)));
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
