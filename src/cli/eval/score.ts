import type { ChunkCitation } from "../../client/http-client.ts";
import type { EvalQuestion } from "./question-file.ts";
import { holds, numbersIn } from "./text.ts";

/** What came back for a question. */
export interface Reply {
  answer: string;
  citations: ChunkCitation[];
  milliseconds: number;
  /** Prompt and completion; null when the server did not say. */
  tokens: number | null;
  /** Why there is no answer; null: there is one. */
  error: string | null;
}

/** What is told of each answer; a measure that has nothing to say of a question is absent. */
export const MEASURES = {
  file: "gold file among the citations",
  page: "gold page among the citations",
  quote: "gold passage among the citations",
  hit1: "first citation is gold",
  hit3: "gold among the first three citations",
  answer_cited: "an answer among the citations",
  answer_said: "an answer in the text",
  supported: "a cited passage holds the answer, when answered",
  markers: "every [docN] resolves",
  numbers: "every number stands in a cited passage",
  answered: "answerable, and answered",
  refused: "unanswerable, and refused",
} as const;

export type Measure = keyof typeof MEASURES;
export type Scores = Partial<Record<Measure, boolean>>;

/** Marks one answer. Pure. */
export function score(question: EvalQuestion, reply: Reply): Scores {
  if (reply.error !== null) return question.unanswerable ? { refused: false } : { answered: false };
  const isRefused = isRefusal(reply);
  if (question.unanswerable) {
    return { refused: isRefused, ...(isRefused ? {} : { markers: resolves(reply) }) };
  }
  return {
    answered: !isRefused,
    ...scoreCitations(question, reply.citations),
    ...(isRefused ? {} : scoreAnswer(question, reply)),
  };
}

/** An answer that rests on nothing: the server gives refusals no citations. */
export function isRefusal({ answer, citations }: Reply): boolean {
  return citations.length === 0 || REFUSALS.some((sentence) => answer.trim().startsWith(sentence));
}

/** What the service said, which models behind it repeat. */
const REFUSALS = [
  "The requested information is not found in the retrieved data.",
  "The requested information is not available in the retrieved data.",
];

function scoreCitations({ gold, answers }: EvalQuestion, citations: ChunkCitation[]): Scores {
  const pages = gold.filter(({ page }) => page !== undefined);
  const quotes = gold.filter(({ quote }) => quote !== undefined);
  const among = (golds: Gold[], isMet: typeof isSameFile): boolean =>
    golds.some((one) => citations.some((citation) => isMet(one, citation)));
  const first = citations.findIndex((citation) => gold.some((one) => isGold(one, citation)));
  return {
    ...(gold.length === 0
      ? {}
      : {
          file: among(gold, isSameFile),
          hit1: first === 0,
          hit3: first >= 0 && first < 3,
        }),
    ...(pages.length === 0 ? {} : { page: among(pages, isSamePage) }),
    ...(quotes.length === 0 ? {} : { quote: among(quotes, holdsQuote) }),
    ...(answers.length === 0
      ? {}
      : { answer_cited: citations.some(({ content }) => holdsAny(content, answers)) }),
  };
}

function scoreAnswer({ answers }: EvalQuestion, reply: Reply): Scores {
  const { answer, citations } = reply;
  const cited = markersIn(answer).flatMap((number) => citations[number - 1]?.content ?? []);
  const numbers = numbersIn(answer.replaceAll(MARKER, " "));
  const known = new Set(cited.flatMap(numbersIn));
  return {
    markers: resolves(reply),
    ...(numbers.length === 0 ? {} : { numbers: numbers.every((number) => known.has(number)) }),
    ...(answers.length === 0
      ? {}
      : {
          answer_said: holdsAny(answer, answers),
          supported: cited.some((content) => holdsAny(content, answers)),
        }),
  };
}

type Gold = EvalQuestion["gold"][number];

/** The most exact thing known of where the answer stands: the passage, else the page, else the file. */
function isGold(gold: Gold, citation: ChunkCitation): boolean {
  if (gold.page !== undefined) return isSamePage(gold, citation);
  return gold.quote === undefined ? isSameFile(gold, citation) : holdsQuote(gold, citation);
}

/** Names of files, with or without their folders. */
function isSameFile({ file }: Gold, { filepath, title }: ChunkCitation): boolean {
  const name = filepath ?? title ?? "";
  return name === file || name.endsWith(`/${file}`) || file.endsWith(`/${name}`);
}

function isSamePage(gold: Gold, citation: ChunkCitation): boolean {
  const page = /#page=(\d+)$/u.exec(citation.url ?? "")?.[1];
  return isSameFile(gold, citation) && Number(page) === gold.page;
}

function holdsQuote(gold: Gold, citation: ChunkCitation): boolean {
  return isSameFile(gold, citation) && holds(citation.content, gold.quote ?? "");
}

function holdsAny(text: string, answers: string[]): boolean {
  return answers.some((answer) => holds(text, answer));
}

const MARKER = /\[doc(\d{1,9})\]/gu;

function markersIn(answer: string): number[] {
  return [...new Set([...answer.matchAll(MARKER)].map((match) => Number(match[1])))];
}

function resolves({ answer, citations }: Reply): boolean {
  return markersIn(answer).every((number) => number >= 1 && number <= citations.length);
}
