import type { ConversationPage, ConversationQuery, Owner } from "../conversation-store.ts";
import type { Queries } from "./database.ts";
import { textOrNull, toConversation } from "./rows.ts";

/** One page of an owner's conversations. */
export async function listConversations(
  queries: Queries,
  { tenant, name }: Owner,
  { limit, after, search = "" }: ConversationQuery,
): Promise<ConversationPage> {
  const values: unknown[] = [tenant, name, limit + 1];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const seen =
    after === undefined
      ? ""
      : `AND (c.is_pinned, c.updated_at, c.id COLLATE "C") <
           (SELECT is_pinned, updated_at, id COLLATE "C" FROM groundwire_conversations
            WHERE tenant = $1 AND owner = $2 AND id = ${value(after)})`;
  const pattern = search === "" ? null : value(patternOf(search));
  const found = `(SELECT m.text FROM groundwire_messages m
    WHERE m.conversation_seq = c.seq AND m.folded LIKE ${pattern} ORDER BY m.seq LIMIT 1)`;
  const isFound = `(c.folded_title LIKE ${pattern} OR EXISTS
    (SELECT FROM groundwire_messages m WHERE m.conversation_seq = c.seq AND m.folded LIKE ${pattern}))`;
  const rows = await queries.all(
    `SELECT c.*, ${pattern === null ? "NULL" : `CASE WHEN c.folded_title LIKE ${pattern} THEN NULL ELSE ${found} END`} AS match
     FROM groundwire_conversations c
     WHERE c.tenant = $1 AND c.owner = $2 ${seen} ${pattern === null ? "" : `AND ${isFound}`}
     ORDER BY c.is_pinned DESC, c.updated_at DESC, c.id COLLATE "C" DESC LIMIT $3`,
    values,
  );
  const data = rows.map((row) => ({ ...toConversation(row), match: textOrNull(row["match"]) }));
  return { data: data.slice(0, limit), hasMore: data.length > limit };
}

/** These characters anywhere. */
function patternOf(search: string): string {
  const literal = search
    .toLowerCase()
    .replaceAll("\0", "�")
    .replaceAll(/[\\%_]/gu, "\\$&");
  return `%${literal}%`;
}
