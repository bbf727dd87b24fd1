import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { Conversation } from "./conversation.ts";

/** Words that lean on what was asked before: a question that begins so, or is this short, does not stand alone. */
const FOLLOW_UP =
  /^(?:and|but|or|what about|how about|und|aber|oder|wie ist es mit|et|mais|y|pero|e|ma)\b|\b(?:it|they|them|that|this|those|these|he|she|his|her|their|its|there|one|same)\b/iu;
const SHORT = 4;
const MOST_QUERIES = 3;
const LONGEST_QUERY = 2_000;

/**
 * The queries a question is searched with, without asking a model: a follow-up takes the question before it along, and
 * several questions in one message are searched one by one as well.
 */
export function rewriteQuery(conversation: Conversation, sources: DataSource[]): string[] {
  const asked = squeeze(conversation.question);
  const previous = squeeze(conversation.earlierQuestions.at(-1) ?? "");
  const words = asked.split(" ").length;
  const leans =
    previous !== "" && (words <= SHORT || (words <= 3 * SHORT && FOLLOW_UP.test(asked)));
  const whole = leans ? `${previous} ${asked}` : asked;
  const parts = asked.match(/[^?？]+[?？]/gu)?.map(squeeze) ?? [];
  const limits = sources.map(({ common }) => common.maxSearchQueries ?? MOST_QUERIES);
  const queries = [whole, ...(parts.length > 1 ? parts : [])].filter(Boolean);
  return [...new Set(queries)].slice(0, Math.max(1, Math.min(MOST_QUERIES, ...limits)));
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim().slice(0, LONGEST_QUERY);
}
