import type { MessageRecord } from "../conversation-store.ts";
import type { RedisDatabase } from "./database.ts";
import { answersKey, feedbackKey, messagesKey } from "./keys.ts";
import { toMessage } from "./records.ts";

/** A conversation's messages, in the order they were added. */
export async function messagesOf(redis: RedisDatabase, id: string): Promise<MessageRecord[]> {
  const [stored, answers, feedback] = await Promise.all([
    redis.list(messagesKey(id)),
    redis.hash(answersKey(id)),
    redis.hash(feedbackKey(id)),
  ]);
  return stored.map((message) => toMessage(message, answers, feedback));
}
