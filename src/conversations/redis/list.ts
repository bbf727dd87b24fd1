import type { DriverQuery } from "../conversation-driver.ts";
import type { ConversationPage, FoundConversation, Owner } from "../conversation-store.ts";
import type { Probe } from "../signature.ts";
import type { RedisDatabase } from "./database.ts";
import { conversationKey, ownerKey, SIGNATURES } from "./keys.ts";
import { toConversation } from "./records.ts";
import { FIND } from "./scripts.ts";

/** Conversations whose signatures are looked at in one script: about two milliseconds, in which Redis does nothing else. */
const AT_A_TIME = 500;

/** One page of an owner's conversations. */
export async function listConversations(
  redis: RedisDatabase,
  owner: Owner,
  { limit, after, probe }: DriverQuery,
): Promise<ConversationPage> {
  const key = ownerKey(owner);
  const rank = after === undefined ? -1 : await redis.rank(key, after);
  if (rank === null) return { data: [], hasMore: false };
  const page = { from: rank + 1, count: limit + 1 };
  const ids =
    probe === undefined
      ? await redis.highest(key, page.from, page.from + limit)
      : await findIds(redis, key, { ...page, probe });
  const fields = await redis.hashes(ids.map(conversationKey));
  const data = ids.flatMap((id, index): FoundConversation[] => {
    const own = fields[index] ?? {};
    // Deleted since the list was read.
    return own["owner"] === undefined ? [] : [{ ...toConversation(id, own), match: null }];
  });
  return { data: data.slice(0, limit), hasMore: ids.length > limit };
}

/** The next conversations that may hold what the probe stands for. */
async function findIds(
  redis: RedisDatabase,
  key: string,
  { from, count, probe }: { from: number; count: number; probe: Probe },
): Promise<string[]> {
  const ids: string[] = [];
  for (let next = from; ids.length < count;) {
    const values = [next, AT_A_TIME, count - ids.length, SIGNATURES, ...probe];
    const [seen = "0", ...found] = await redis.listScript(FIND, [key], values);
    ids.push(...found);
    if (seen === "0") break;
    next += Number(seen);
  }
  return ids;
}
