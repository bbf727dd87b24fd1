import type { StoredAnswer } from "../protocol/conversations.ts";
import type { FeedbackEntry, MessageRecord } from "./conversation-store.ts";

/** A question of an evaluation, as `groundwire eval` reads it, with what was said of its answer. */
export interface FeedbackQuestion {
  id: string;
  question: string;
  history: { role: string; content: string }[];
  /** The documents a good answer cited; absent when the answer was not good. */
  gold?: { file: string; page?: number; quote: string }[];
  feedback: { thumb: "up" | "down"; reasons: string[]; text: string | null };
}

/** Characters of a cited passage that are enough to know it again. */
const QUOTE_LENGTH = 200;

/** @param path The messages up to the answer, in order. Null when it answers no question in words. */
export function toFeedbackQuestion(
  { message, feedback }: FeedbackEntry,
  path: MessageRecord[],
): FeedbackQuestion | null {
  const turns = path.slice(0, -1).flatMap((record) => {
    const { role } = JSON.parse(record.message) as { role: string }; // kept by the turn
    const isSpoken = (role === "user" || role === "assistant") && record.text !== "";
    return isSpoken ? [{ role, content: record.text }] : [];
  });
  const question = turns.at(-1);
  if (question?.role !== "user") return null;
  const { thumb, reasons, text } = feedback;
  return {
    id: message.id,
    question: question.content,
    history: turns.slice(0, -1),
    ...(thumb === "up" ? { gold: citedBy(message) } : {}),
    feedback: { thumb, reasons, text },
  };
}

function citedBy({
  text,
  answer,
}: MessageRecord): { file: string; page?: number; quote: string }[] {
  if (answer === null) return [];
  const { citations } = JSON.parse(answer) as StoredAnswer; // as above
  const numbers = [...text.matchAll(/\[doc(\d{1,9})\]/gu)].map((match) => Number(match[1]));
  return [...new Set(numbers)].flatMap((number) => {
    const citation = citations[number - 1];
    if (!citation) return [];
    const page = /#page=(\d+)$/u.exec(citation.url ?? "")?.[1];
    return [
      {
        file: citation.filepath ?? citation.title ?? "",
        ...(page === undefined ? {} : { page: Number(page) }),
        quote: citation.content.slice(0, QUOTE_LENGTH),
      },
    ];
  });
}
