import type { ConversationDriver, SignedAddition } from "../conversation-driver.ts";
import type {
  ConversationRecord,
  ConversationStore,
  Owner,
  ShareRecord,
} from "../conversation-store.ts";
import { foldText } from "../fold-text.ts";
import { openPostgres, type Queries } from "./database.ts";
import { feedbackOf } from "./feedback.ts";
import { listConversations } from "./list.ts";
import { textOrNull, toConversation, toMessage } from "./rows.ts";

/** Of the transaction's beginning would be too early: another one may have been waited for. */
const NOW_MS = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
const OWN = "tenant = $1 AND owner = $2";

/** Conversations in PostgreSQL, for any number of processes. Rejects when it cannot be reached or its tables cannot be made. */
export async function openPostgresConversations(url: string): Promise<ConversationDriver> {
  const database = await openPostgres(url);
  return {
    async create({ owner, titleSignature, ...conversation }) {
      await database.run(
        `INSERT INTO groundwire_conversations
           (tenant, owner, id, title, folded_title, is_pinned, metadata, leaf_id, created_at, updated_at, title_signature)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          owner.tenant,
          owner.name,
          conversation.id,
          ...titleColumns(conversation.title),
          conversation.isPinned,
          JSON.stringify(conversation.metadata),
          conversation.leafId,
          conversation.createdAt,
          conversation.updatedAt,
          titleSignature ?? null,
        ],
      );
    },
    get: (owner, id) => get(database, owner, id),
    list: (owner, query) => listConversations(database, owner, query),
    update: (owner, id, { titleSignature, ...change }) =>
      database.transaction(async (queries) => {
        const known = await get(queries, owner, id, "FOR UPDATE");
        if (known === null) return null;
        const changed = { ...known, ...change };
        await queries.run(
          `UPDATE groundwire_conversations SET title = $2, folded_title = $3, is_pinned = $4, metadata = $5, leaf_id = $6,
             title_signature = CASE WHEN title_signature IS NULL THEN NULL ELSE coalesce($7, title_signature) END
           WHERE id = $1`,
          [
            id,
            ...titleColumns(changed.title),
            changed.isPinned,
            JSON.stringify(changed.metadata),
            changed.leafId,
            titleSignature ?? null,
          ],
        );
        return changed;
      }),
    async delete({ tenant, name }, id) {
      const sql = `DELETE FROM groundwire_conversations WHERE ${OWN} AND id = $3`;
      return (await database.run(sql, [tenant, name, id])) > 0;
    },
    deleteAll: ({ tenant, name }) =>
      database.run(`DELETE FROM groundwire_conversations WHERE ${OWN}`, [tenant, name]),
    async messages({ tenant, name }, id) {
      const rows = await database.all(
        `SELECT * FROM groundwire_messages WHERE conversation_seq =
           (SELECT seq FROM groundwire_conversations WHERE ${OWN} AND id = $3) ORDER BY seq`,
        [tenant, name, id],
      );
      return rows.map(toMessage);
    },
    async texts({ tenant, name }, ids) {
      const rows = await database.all(
        `SELECT c.id, m.text FROM groundwire_messages m JOIN groundwire_conversations c ON c.seq = m.conversation_seq
         WHERE ${OWN} AND c.id = ANY($3) ORDER BY m.seq`,
        [tenant, name, ids],
      );
      const texts = Map.groupBy(rows, (row) => row["id"]);
      return ids.map((id) => (texts.get(id) ?? []).map((row) => String(row["text"])));
    },
    append: (owner, id, addition) =>
      database.transaction((queries) => append(queries, { owner, id, ...addition })),
    ...sharesOf(database),
    ...feedbackOf(database),
    ...turnsOf(database),
    deleteUnchangedSince: (time) =>
      database.run("DELETE FROM groundwire_conversations WHERE updated_at < $1", [time]),
    close: () => database.close(),
  };
}

function sharesOf(queries: Queries): Pick<ConversationStore, "setShare" | "shared"> {
  return {
    async setShare({ tenant, name }, id, share) {
      const sql = `UPDATE groundwire_conversations SET share = $4 WHERE ${OWN} AND id = $3`;
      const text = share === null ? null : JSON.stringify(share);
      return (await queries.run(sql, [tenant, name, id, text])) > 0;
    },
    async shared(id) {
      const [row] = await queries.all("SELECT * FROM groundwire_conversations WHERE id = $1", [
        storable(id),
      ]);
      const share = textOrNull(row?.["share"]);
      return row === undefined || share === null
        ? null
        : // Written by `setShare`.
          { conversation: toConversation(row), share: JSON.parse(share) as ShareRecord };
    },
  };
}

function turnsOf(queries: Queries): Pick<ConversationStore, "beginTurn" | "renewTurn" | "endTurn"> {
  return {
    async beginTurn(id, { token, milliseconds }) {
      const begun = await queries.run(
        `UPDATE groundwire_conversations SET turn_token = $2, turn_until = ${NOW_MS} + $3
         WHERE id = $1 AND (turn_token IS NULL OR turn_until <= ${NOW_MS})`,
        [id, token, milliseconds],
      );
      return begun > 0;
    },
    async renewTurn(id, { token, milliseconds }) {
      const renewed = await queries.run(
        `UPDATE groundwire_conversations SET turn_until = ${NOW_MS} + $3 WHERE id = $1 AND turn_token = $2`,
        [id, token, milliseconds],
      );
      return renewed > 0;
    },
    async endTurn(id, token) {
      await queries.run(
        "UPDATE groundwire_conversations SET turn_token = NULL WHERE id = $1 AND turn_token = $2",
        [id, token],
      );
    },
  };
}

async function get(
  queries: Queries,
  { tenant, name }: Owner,
  id: string,
  lock: "" | "FOR UPDATE" = "",
): Promise<ConversationRecord | null> {
  const [row] = await queries.all(
    `SELECT * FROM groundwire_conversations WHERE ${OWN} AND id = $3 ${lock}`,
    [tenant, name, id],
  );
  return row ? toConversation(row) : null;
}

async function append(
  queries: Queries,
  {
    owner: { tenant, name },
    id,
    messages,
    now,
    turn,
    signatures,
  }: SignedAddition & { owner: Owner; id: string },
): Promise<boolean> {
  const [conversation] = await queries.all(
    `UPDATE groundwire_conversations SET updated_at = $4, leaf_id = coalesce($5, leaf_id)
     WHERE ${OWN} AND id = $3 AND ($6::text IS NULL OR turn_token = $6) RETURNING seq`,
    [tenant, name, id, now, messages.at(-1)?.id ?? null, turn ?? null],
  );
  if (conversation === undefined) return false;
  for (const message of messages) {
    const text = storable(message.text);
    await queries.run(
      `INSERT INTO groundwire_messages (conversation_seq, id, parent_id, message, text, folded, answer, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        conversation["seq"],
        message.id,
        message.parentId,
        message.message,
        text,
        signatures === undefined ? foldText(text) : "",
        message.answer,
        message.createdAt,
      ],
    );
  }
  if (signatures === undefined) return true;
  await queries.run(
    "INSERT INTO groundwire_signatures (conversation_seq, signature) SELECT $1, unnest($2::bytea[])",
    [conversation["seq"], signatures],
  );
  return true;
}

function titleColumns(title: string | null): [string | null, string] {
  const text = title === null ? null : storable(title);
  return [text, foldText(text ?? "")];
}

/** PostgreSQL's texts hold every character but this one. */
function storable(text: string): string {
  return text.replaceAll("\0", "�");
}
