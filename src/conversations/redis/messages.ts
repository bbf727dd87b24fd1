import type { MessageRecord } from "../conversation-store.ts";
import type { RedisDatabase } from "./database.ts";
import { feedbackKey, messagesKey } from "./keys.ts";
import { messageOf } from "./records.ts";

/** A conversation's messages, and apart from them their feedback. */
export async function messagesOf(
  redis: RedisDatabase,
  id: string,
): Promise<{ messages: MessageRecord[]; feedback: Record<string, string> }> {
  const [stored, feedback] = await Promise.all([
    redis.list(messagesKey(id)),
    redis.hash(feedbackKey(id)),
  ]);
  return { messages: stored.map(messageOf), feedback };
}
