import type { Analyzer } from "../../search/analysis/analyze.ts";
import { detectLanguage } from "../../search/analysis/language.ts";
import type { Conversation } from "../conversation.ts";
import type { Query } from "../retrieve.ts";
import { type ContentWord, contentWords } from "./content-words.ts";
import { leaningOf } from "./follow-up.ts";
import { partsOf, sidesOf } from "./split.ts";

const LONGEST_QUERY = 2_000;
/** Older questions are seldom leant on. */
const MOST_EARLIER = 6;
/** Most words a question takes along from those before it. */
const MOST_TOPIC_WORDS = 16;
/** Most names it takes along from the answer before it, and how much of that is looked at, in characters. */
const MOST_NAMES = 4;
const ANSWER_READ = 400;
/** Words that share so many first letters are about the same thing: `full-time`, `part-timers`. */
const SAME_BEGINNING = 4;

/**
 * The queries a question is searched with, without a model: a follow-up takes along what the questions before it were about,
 * and the sides of a comparison and the several questions of one message are searched one by one as well. The first is
 * the whole question.
 */
export function rewriteByRules(
  { question, earlierQuestions, lastAnswer }: Conversation,
  { analyzer, limit }: { analyzer: Analyzer; limit: number },
): Query[] {
  const asked = squeeze(question);
  const earlier = earlierQuestions.slice(-MOST_EARLIER).map(squeeze);
  const language = detectLanguage([asked, ...earlier].join("\n"));
  const rules = { analyzer, language };
  let topic = "";
  for (const text of earlier) topic = standalone(text, { topic, answer: "", ...rules }).text;
  const whole = standalone(asked, { topic, answer: lastAnswer, ...rules });
  const parts = partsOf(asked);
  const sides = parts.length > 1 ? null : sidesOf(whole.text);
  const resolved = parts.length > 1 ? resolveParts(parts, { topic, answer: "", ...rules }) : [];
  const texts = [
    whole.text,
    ...(whole.leaning === "weak" ? [asked] : []),
    ...(sides ?? []),
    ...resolved,
  ];
  return [...new Set(texts.map(squeeze))]
    .filter(Boolean)
    .slice(0, limit)
    .map((text) => ({ text, madeBy: text === asked ? "question" : "rules" }));
}

/** Each part with what it leans on in the part before it. */
function resolveParts(parts: string[], rules: Rules): string[] {
  let before = rules.topic;
  return parts.map((part) => {
    const { text, leaning } = standalone(part, { ...rules, topic: before });
    before = leaning === "strong" ? text : part;
    return before;
  });
}

interface Rules {
  analyzer: Analyzer;
  language: string | null;
  /** What was asked before; "" when nothing was. */
  topic: string;
  /** The answer just given. */
  answer: string;
}

/** The question with what it leans on: the content words of what was asked before, and names from the answer to that. */
function standalone(asked: string, { analyzer, language, topic, answer }: Rules) {
  const leaning = topic === "" ? "none" : leaningOf(asked, { analyzer, language });
  if (leaning === "none") return { text: asked, leaning };
  const own = contentWords(asked, analyzer, language);
  const known = new Set(own.flatMap(({ terms }) => terms));
  const carried = contentWords(topic, analyzer, language).filter(
    (word) =>
      !word.terms.every((term) => known.has(term)) && !own.some((other) => replaces(other, word)),
  );
  const names = leaning === "strong" ? namesIn(answer, language) : [];
  const words = [...carried.map(({ text }) => text), ...names];
  return { text: [...[...new Set(words)].slice(-MOST_TOPIC_WORDS), asked].join(" "), leaning };
}

/** Whether a word stands in the place of an earlier one: another number, or another kind of the same thing. */
function replaces(word: ContentWord, earlier: ContentWord): boolean {
  const numbers = [word, earlier].map(({ text }) => /^[\p{N}.,/-]+$/u.test(text));
  if (numbers.every(Boolean)) return word.text !== earlier.text;
  if (numbers.some(Boolean) || !(word.text + earlier.text).includes("-")) return false;
  return word.terms.some((term) =>
    earlier.terms.some(
      (other) =>
        Math.min(term.length, other.length) >= SAME_BEGINNING &&
        (term.startsWith(other) || other.startsWith(term)),
    ),
  );
}

/** Names of the answer before, for "she" and "there": capitals within a sentence, or several in a row. */
function namesIn(answer: string, language: string | null): string[] {
  const text = answer.slice(0, ANSWER_READ).replaceAll(/\[doc\d+\]/gu, "");
  const runs = text.matchAll(
    /(?<before>^|[.!?:]\s+|\n|\S\s*)(?<run>\p{Lu}[\p{L}\p{M}'’-]+(?:\s+\p{Lu}[\p{L}\p{M}'’-]+)*)/gu,
  );
  return [...runs]
    .filter(({ groups }) => {
      const isLong = groups?.["run"]?.includes(" ") ?? false;
      // German writes every noun with a capital.
      return isLong || (language !== "de" && /^[^.!?:\s]/u.test(groups?.["before"] ?? ""));
    })
    .flatMap(({ groups }) => groups?.["run"]?.split(/\s+/u) ?? [])
    .slice(0, MOST_NAMES);
}

/** In one line. Of a long text its beginning and its end, where questions mostly stand. */
function squeeze(text: string): string {
  const ends =
    text.length <= LONGEST_QUERY
      ? text
      : `${text.slice(0, LONGEST_QUERY / 2)} ${text.slice(-LONGEST_QUERY / 2)}`;
  return ends.replaceAll(/\s+/gu, " ").trim().slice(0, LONGEST_QUERY);
}
