import type { Conversation } from "./conversation.ts";
import { mostQueries } from "./plan.ts";
import type { Query } from "./retrieve.ts";
import type { Run } from "./run.ts";

/** Words that lean on what was asked before: a question that begins so, or is this short, does not stand alone. */
const FOLLOW_UP =
  /^(?:and|but|or|what about|how about|und|aber|oder|wie ist es mit|et|mais|y|pero|e|ma)\b|\b(?:it|they|them|that|this|those|these|he|she|his|her|their|its|there|one|same)\b/iu;
const SHORT = 4;
const LONGEST_QUERY = 2_000;

/**
 * The queries a question is searched with, without asking a model: a follow-up takes the question before it along, and
 * several questions in one message are searched one by one as well.
 */
export function rewriteQuery(conversation: Conversation, { plan, question }: Run): Query[] {
  const asked = squeeze(conversation.question);
  const previous = squeeze(conversation.earlierQuestions.at(-1) ?? "");
  const words = asked.split(" ").length;
  const leans =
    previous !== "" && (words <= SHORT || (words <= 3 * SHORT && FOLLOW_UP.test(asked)));
  const whole = leans ? `${previous} ${asked}` : asked;
  const parts = asked.match(/[^?？]+[?？]/gu)?.map(squeeze) ?? [];
  const queries = [whole, ...(parts.length > 1 ? parts : [])].filter(Boolean);
  return [...new Set(queries)]
    .slice(0, mostQueries(plan, question.sources))
    .map((text) => ({ text, madeBy: text === asked ? "question" : "rules" }));
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim().slice(0, LONGEST_QUERY);
}
