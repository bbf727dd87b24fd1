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
    async feedback({ limit, before = Number.MAX_SAFE_INTEGER }) {
      const rows = await queries.all(
        `SELECT m.*, c.id AS conversation_id, c.tenant, c.owner
         FROM groundwire_messages m JOIN groundwire_conversations c ON c.seq = m.conversation_seq
         WHERE m.feedback_at < $1 ORDER BY m.feedback_at DESC, m.seq DESC LIMIT $2`,
        [before, limit],
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
