import type { FeedbackEntry, FeedbackQuery, FeedbackRecord } from "../conversation-store.ts";
import type { RedisDatabase } from "./database.ts";
import { conversationKey, feedbackKey, JUDGED, JUDGED_IN } from "./keys.ts";
import { messagesOf } from "./messages.ts";
import { toConversation } from "./records.ts";

/** Judgements looked through at a time. */
const AT_A_TIME = 100;

interface Judged {
  conversationId: string;
  messageId: string;
}

/** Judged messages, newest judgement first. Redis knows their times only: what else is wanted is looked for until the page is full. */
export async function listFeedback(
  redis: RedisDatabase,
  { limit, before, after, ...wanted }: FeedbackQuery,
): Promise<FeedbackEntry[]> {
  const rank = after === undefined ? -1 : await redis.rank(JUDGED, after);
  if (rank === null) return [];
  const younger = before === undefined ? 0 : await redis.countFrom(JUDGED, before);
  const found: Judged[] = [];
  for (let from = Math.max(rank + 1, younger); found.length < limit; from += AT_A_TIME) {
    const ids = await redis.highest(JUDGED, from, from + AT_A_TIME - 1);
    found.push(...(await wantedAmong(redis, ids, wanted)));
    if (ids.length < AT_A_TIME) break;
  }
  const entries = found.slice(0, limit).map((judged) => toEntry(redis, judged));
  return (await Promise.all(entries)).flatMap((entry) => entry ?? []);
}

async function wantedAmong(
  redis: RedisDatabase,
  ids: string[],
  { thumb, reason }: Pick<FeedbackQuery, "thumb" | "reason">,
): Promise<Judged[]> {
  const conversations = await redis.fields(JUDGED_IN, ids);
  const judged = ids.flatMap((messageId, index) => {
    const conversationId = conversations[index] ?? null;
    return conversationId === null ? [] : [{ conversationId, messageId }];
  });
  if (thumb === undefined && reason === undefined) return judged;
  const given = await Promise.all(
    judged.map(({ conversationId, messageId }) =>
      redis.fields(feedbackKey(conversationId), [messageId]),
    ),
  );
  return judged.filter((_judged, index) => {
    const text = given[index]?.[0] ?? null;
    if (text === null) return false;
    const feedback = JSON.parse(text) as FeedbackRecord; // written by `setFeedback`
    return (
      feedback.thumb === (thumb ?? feedback.thumb) &&
      (reason === undefined || feedback.reasons.includes(reason))
    );
  });
}

/** Null: deleted since the list was read. */
async function toEntry(
  redis: RedisDatabase,
  { conversationId, messageId }: Judged,
): Promise<FeedbackEntry | null> {
  const [fields, known] = await Promise.all([
    redis.hash(conversationKey(conversationId)),
    messagesOf(redis, conversationId),
  ]);
  const message = known.find(({ id }) => id === messageId);
  const feedback = message?.feedback ?? null;
  if (message === undefined || feedback === null) return null;
  return { conversationId, owner: toConversation(conversationId, fields).owner, message, feedback };
}
