import type { Row, Sql } from "../../storage/embedded/database.ts";
import { numberOrNull, textOrNull } from "../../storage/embedded/catalogue/rows.ts";
import type { Synchronous } from "../../storage/embedded/catalogue/synchronous.ts";
import type { ConversationDriver } from "../conversation-driver.ts";
import type {
  ConversationRecord,
  FeedbackRecord,
  FoundConversation,
  MessageRecord,
  Owner,
  ShareRecord,
} from "../conversation-store.ts";
import { foldText } from "../fold-text.ts";
import { listConversations } from "./list.ts";

type Records = Omit<Synchronous<ConversationDriver>, "close">;

const OWN = "tenant = :tenant AND owner = :name";
const NOW_MS = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
const OLDER_FEEDBACK =
  "(feedback_at, messages.seq) < (SELECT feedback_at, seq FROM messages WHERE id = :after)";
const GIVES_REASON =
  "EXISTS (SELECT 1 FROM json_each(feedback, '$.reasons') WHERE value = :reason)";

/** The statements behind each method. */
export function conversationRecords(sql: Sql): Records {
  function seqOf(owner: Owner, id: string): number | null {
    const row = sql.one(`SELECT seq FROM conversations WHERE id = :id AND ${OWN}`, {
      ...owner,
      id,
    });
    return numberOrNull(row?.["seq"]);
  }

  function get(owner: Owner, id: string): ConversationRecord | null {
    const row = sql.one(`SELECT * FROM conversations WHERE id = :id AND ${OWN}`, { ...owner, id });
    return row ? toConversation(row) : null;
  }

  return {
    create({ owner, isPinned, metadata, titleSignature, ...conversation }) {
      sql.run(
        `INSERT INTO conversations
           (id, tenant, owner, title, folded_title, title_signature, is_pinned, metadata, leaf_id, created_at, updated_at)
         VALUES (:id, :tenant, :name, :title, :folded, :signature, :isPinned, :metadata, :leafId, :createdAt, :updatedAt)`,
        {
          ...conversation,
          ...owner,
          folded: foldText(conversation.title ?? ""),
          signature: titleSignature ?? null,
          isPinned: Number(isPinned),
          metadata: JSON.stringify(metadata),
        },
      );
    },
    get,
    list(owner, { limit, ...query }) {
      const rows = listConversations(sql, owner, { ...query, limit: limit + 1 });
      const data = rows.map((row): FoundConversation => ({
        ...toConversation(row),
        match: textOrNull(row["match"]),
      }));
      return { data: data.slice(0, limit), hasMore: data.length > limit };
    },
    update(owner, id, { titleSignature, ...change }) {
      return sql.transaction(() => {
        const known = get(owner, id);
        if (known === null) return null;
        const changed = { ...known, ...change };
        sql.run(
          `UPDATE conversations SET title = :title, folded_title = :folded, is_pinned = :isPinned, metadata = :metadata, leaf_id = :leafId,
             title_signature = iif(title_signature IS NULL, NULL, coalesce(:signature, title_signature))
           WHERE id = :id`,
          {
            id,
            title: changed.title,
            folded: foldText(changed.title ?? ""),
            signature: titleSignature ?? null,
            isPinned: Number(changed.isPinned),
            metadata: JSON.stringify(changed.metadata),
            leafId: changed.leafId,
          },
        );
        return changed;
      });
    },
    delete(owner, id) {
      return sql.run(`DELETE FROM conversations WHERE id = :id AND ${OWN}`, { ...owner, id }) > 0;
    },
    deleteAll: (owner) => sql.run(`DELETE FROM conversations WHERE ${OWN}`, { ...owner }),
    ...messagesOf(sql, seqOf),
    ...sharesOf(sql),
    ...feedbackOf(sql, seqOf),
    ...turnsOf(sql),
    deleteUnchangedSince: (time) =>
      sql.run("DELETE FROM conversations WHERE updated_at < :time", { time }),
  };
}

function sharesOf(sql: Sql): Pick<Records, "setShare" | "shared"> {
  return {
    setShare(owner, id, share) {
      return (
        sql.run(`UPDATE conversations SET share = :share WHERE id = :id AND ${OWN}`, {
          ...owner,
          id,
          share: share === null ? null : JSON.stringify(share),
        }) > 0
      );
    },
    shared(id) {
      const row = sql.one("SELECT * FROM conversations WHERE id = :id", { id });
      const share = textOrNull(row?.["share"]);
      return !row || share === null
        ? null
        : // Written by `setShare`.
          { conversation: toConversation(row), share: JSON.parse(share) as ShareRecord };
    },
  };
}

function messagesOf(
  sql: Sql,
  seqOf: (owner: Owner, id: string) => number | null,
): Pick<Records, "messages" | "texts" | "append"> {
  function turnOf(seq: number): string | null {
    const row = sql.one("SELECT turn_token FROM conversations WHERE seq = :seq", { seq });
    return textOrNull(row?.["turn_token"]);
  }

  return {
    messages(owner, id) {
      const seq = seqOf(owner, id);
      if (seq === null) return [];
      return sql
        .all("SELECT * FROM messages WHERE conversation_seq = :seq ORDER BY seq", { seq })
        .map(toMessage);
    },
    texts(owner, ids) {
      return ids.map((id) => {
        const rows = sql.all(
          "SELECT text FROM messages WHERE conversation_seq = :seq ORDER BY seq",
          {
            seq: seqOf(owner, id),
          },
        );
        return rows.map((row) => String(row["text"]));
      });
    },
    append(owner, id, { messages, now, turn, signatures }) {
      return sql.transaction(() => {
        const seq = seqOf(owner, id);
        if (seq === null || (turn !== undefined && turnOf(seq) !== turn)) return false;
        for (const { feedback: _none, ...message } of messages) {
          sql.run(
            `INSERT INTO messages (id, conversation_seq, parent_id, message, text, folded, answer, created_at)
             VALUES (:id, :seq, :parentId, :message, :text, :folded, :answer, :createdAt)`,
            { ...message, seq, folded: signatures === undefined ? foldText(message.text) : "" },
          );
        }
        for (const signature of signatures ?? []) {
          sql.run(
            "INSERT INTO signatures (conversation_seq, signature) VALUES (:seq, :signature)",
            { seq, signature },
          );
        }
        sql.run(
          `UPDATE conversations SET updated_at = :now, leaf_id = coalesce(:leafId, leaf_id) WHERE seq = :seq`,
          { seq, now, leafId: messages.at(-1)?.id ?? null },
        );
        return true;
      });
    },
  };
}

function feedbackOf(
  sql: Sql,
  seqOf: (owner: Owner, id: string) => number | null,
): Pick<Records, "setFeedback" | "feedback"> {
  return {
    setFeedback(owner, { id, messageId }, feedback) {
      const seq = seqOf(owner, id);
      if (seq === null) return false;
      return (
        sql.run(
          `UPDATE messages SET feedback = :feedback, feedback_at = :at WHERE id = :messageId AND conversation_seq = :seq`,
          {
            seq,
            messageId,
            feedback: feedback === null ? null : JSON.stringify(feedback),
            at: feedback?.createdAt ?? null,
          },
        ) > 0
      );
    },
    feedback({ limit, before = Number.MAX_SAFE_INTEGER, ...wanted }) {
      const conditions = [
        "feedback_at < :before",
        ...(wanted.after === undefined ? [] : [OLDER_FEEDBACK]),
        ...(wanted.thumb === undefined ? [] : ["json_extract(feedback, '$.thumb') = :thumb"]),
        ...(wanted.reason === undefined ? [] : [GIVES_REASON]),
      ];
      const rows = sql.all(
        `SELECT messages.*, conversations.id AS conversation_id, tenant, owner
         FROM messages JOIN conversations ON conversations.seq = conversation_seq
         WHERE ${conditions.join(" AND ")} ORDER BY feedback_at DESC, messages.seq DESC LIMIT :limit`,
        { limit, before, ...wanted },
      );
      return rows.flatMap((row) => {
        const message = toMessage(row);
        if (message.feedback === null) return [];
        const owner = { tenant: String(row["tenant"]), name: String(row["owner"]) };
        const conversationId = String(row["conversation_id"]);
        return [{ conversationId, owner, message, feedback: message.feedback }];
      });
    },
  };
}

function turnsOf(sql: Sql): Pick<Records, "beginTurn" | "renewTurn" | "endTurn"> {
  return {
    beginTurn(id, lease) {
      return (
        sql.run(
          `UPDATE conversations SET turn_token = :token, turn_until = ${NOW_MS} + :milliseconds
           WHERE id = :id AND (turn_token IS NULL OR turn_until <= ${NOW_MS})`,
          { id, ...lease },
        ) > 0
      );
    },
    renewTurn(id, lease) {
      return (
        sql.run(
          `UPDATE conversations SET turn_until = ${NOW_MS} + :milliseconds WHERE id = :id AND turn_token = :token`,
          { id, ...lease },
        ) > 0
      );
    },
    endTurn(id, token) {
      sql.run("UPDATE conversations SET turn_token = NULL WHERE id = :id AND turn_token = :token", {
        id,
        token,
      });
    },
  };
}

function toConversation(row: Row): ConversationRecord {
  return {
    id: String(row["id"]),
    owner: { tenant: String(row["tenant"]), name: String(row["owner"]) },
    title: textOrNull(row["title"]),
    isPinned: row["is_pinned"] === 1,
    // Written by `create` and `update`.
    metadata: JSON.parse(String(row["metadata"])) as Record<string, string>,
    leafId: textOrNull(row["leaf_id"]),
    createdAt: Number(row["created_at"]),
    updatedAt: Number(row["updated_at"]),
  };
}

function toMessage(row: Row): MessageRecord {
  const feedback = textOrNull(row["feedback"]);
  return {
    id: String(row["id"]),
    parentId: textOrNull(row["parent_id"]),
    message: String(row["message"]),
    text: String(row["text"]),
    answer: textOrNull(row["answer"]),
    // Written by `setFeedback`.
    feedback: feedback === null ? null : (JSON.parse(feedback) as FeedbackRecord),
    createdAt: Number(row["created_at"]),
  };
}
