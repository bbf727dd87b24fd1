import type { ConversationStore } from "../conversation-store.ts";
import type { Queries } from "./database.ts";
import { toMessage } from "./rows.ts";

export function feedbackOf(queries: Queries): Pick<ConversationStore, "setFeedback" | "feedback"> {
  return {
    async setFeedback({ tenant, name }, { id, messageId }, feedback) {
      const changed = await queries.run(
        `UPDATE groundwire_messages SET feedback = $5, feedback_at = $6 WHERE id = $4 AND conversation_seq =
           (SELECT seq FROM groundwire_conversations WHERE tenant = $1 AND owner = $2 AND id = $3)`,
        [
          tenant,
          name,
          id,
          messageId,
          feedback === null ? null : JSON.stringify(feedback),
          feedback?.createdAt ?? null,
        ],
      );
      return changed > 0;
    },
    async feedback({ limit, before = Number.MAX_SAFE_INTEGER, after, thumb, reason }) {
      const values: unknown[] = [before, limit];
      const value = (given: unknown): string => `$${values.push(given)}`;
      const conditions = [
        "m.feedback_at < $1",
        ...(after === undefined
          ? []
          : [
              `(m.feedback_at, m.seq) < (SELECT feedback_at, seq FROM groundwire_messages WHERE id = ${value(after)})`,
            ]),
        ...(thumb === undefined ? [] : [`m.feedback::jsonb ->> 'thumb' = ${value(thumb)}`]),
        ...(reason === undefined ? [] : [`m.feedback::jsonb -> 'reasons' ? ${value(reason)}`]),
      ];
      const rows = await queries.all(
        `SELECT m.*, c.id AS conversation_id, c.tenant, c.owner
         FROM groundwire_messages m JOIN groundwire_conversations c ON c.seq = m.conversation_seq
         WHERE ${conditions.join(" AND ")} ORDER BY m.feedback_at DESC, m.seq DESC LIMIT $2`,
        values,
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
