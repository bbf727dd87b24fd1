import type {
  ConversationPage,
  ConversationQuery,
  FoundConversation,
  Owner,
} from "../conversation-store.ts";
import { findText } from "../find-text.ts";
import type { RedisDatabase } from "./database.ts";
import { conversationKey, messagesKey, ownerKey } from "./keys.ts";
import { messageOf, toConversation } from "./records.ts";

/** Conversations looked through at a time. */
const AT_A_TIME = 100;

/** One page of an owner's conversations. Redis has no index of texts: a search reads the owner's, newest first, until the page is full. */
export async function listConversations(
  redis: RedisDatabase,
  owner: Owner,
  { limit, after, search = "" }: ConversationQuery,
): Promise<ConversationPage> {
  const key = ownerKey(owner);
  const rank = after === undefined ? -1 : await redis.rank(key, after);
  if (rank === null) return { data: [], hasMore: false };
  const step = search === "" ? limit + 1 : AT_A_TIME;
  const data: FoundConversation[] = [];
  for (let from = rank + 1; data.length <= limit; from += step) {
    const ids = await redis.highest(key, from, from + step - 1);
    data.push(...(await foundAmong(redis, ids, search.toLowerCase())));
    if (ids.length < step) break;
  }
  return { data: data.slice(0, limit), hasMore: data.length > limit };
}

async function foundAmong(
  redis: RedisDatabase,
  ids: string[],
  wanted: string,
): Promise<FoundConversation[]> {
  const [fields, messages] = await Promise.all([
    redis.hashes(ids.map(conversationKey)),
    wanted === "" ? [] : redis.lists(ids.map(messagesKey)),
  ]);
  return ids.flatMap((id, index) => {
    const own = fields[index] ?? {};
    // Deleted since the list was read.
    if (own["owner"] === undefined) return [];
    const found = findText(toConversation(id, own), (messages[index] ?? []).map(messageOf), wanted);
    return found ?? [];
  });
}
