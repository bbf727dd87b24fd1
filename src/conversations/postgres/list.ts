import type { DriverQuery } from "../conversation-driver.ts";
import type { ConversationPage, Owner } from "../conversation-store.ts";
import { foldText } from "../fold-text.ts";
import type { Probe } from "../signature.ts";
import type { Queries } from "./database.ts";
import { textOrNull, toConversation } from "./rows.ts";

/** One page of an owner's conversations. */
export async function listConversations(
  queries: Queries,
  { tenant, name }: Owner,
  { limit, after, search = "", probe }: DriverQuery,
): Promise<ConversationPage> {
  const values: unknown[] = [tenant, name, limit + 1];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const seen =
    after === undefined
      ? ""
      : `AND (c.is_pinned, c.updated_at, c.id COLLATE "C") <
           (SELECT is_pinned, updated_at, id COLLATE "C" FROM groundwire_conversations
            WHERE tenant = $1 AND owner = $2 AND id = ${value(after)})`;
  const wanted = foldText(search);
  const { isFound, match } =
    probe !== undefined
      ? { isFound: `AND ${mayHold(probe)}`, match: "NULL" }
      : wanted === ""
        ? { isFound: "", match: "NULL" }
        : holding(value(patternOf(wanted)));
  const rows = await queries.all(
    `SELECT c.*, ${match} AS match FROM groundwire_conversations c
     WHERE c.tenant = $1 AND c.owner = $2 ${seen} ${isFound}
     ORDER BY c.is_pinned DESC, c.updated_at DESC, c.id COLLATE "C" DESC LIMIT $3`,
    values,
  );
  const data = rows.map((row) => ({ ...toConversation(row), match: textOrNull(row["match"]) }));
  return { data: data.slice(0, limit), hasMore: data.length > limit };
}

/** Conditions for conversations with characters like `pattern` in title or messages, and the message that has them. */
function holding(pattern: string): { isFound: string; match: string } {
  const inMessages = `FROM groundwire_messages m WHERE m.conversation_seq = c.seq AND m.folded LIKE ${pattern}`;
  return {
    isFound: `AND (c.folded_title LIKE ${pattern} OR EXISTS (SELECT ${inMessages}))`,
    match: `CASE WHEN c.folded_title LIKE ${pattern} THEN NULL ELSE (SELECT m.text ${inMessages} ORDER BY m.seq LIMIT 1) END`,
  };
}

/** As `mayHold` of signatures. */
function mayHold(probe: Probe): string {
  const hasAll = (signature: string): string =>
    [...probe]
      .map((hash) => `get_bit(${signature}, (${hash} % (8 * octet_length(${signature})))::int) = 1`)
      .join(" AND ");
  return `(c.title_signature IS NULL OR (${hasAll("c.title_signature")}) OR EXISTS
    (SELECT FROM groundwire_signatures s WHERE s.conversation_seq = c.seq AND ${hasAll("s.signature")}))`;
}

/** These characters anywhere. */
function patternOf(wanted: string): string {
  const literal = wanted.replaceAll("\0", "\ufffd").replaceAll(/[\\%_]/gu, "\\$&");
  return `%${literal}%`;
}
