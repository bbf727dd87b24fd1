import type { ConversationRecord, FeedbackRecord, MessageRecord } from "../conversation-store.ts";
import type { Row } from "./database.ts";

/** The driver gives numbers of eight bytes as text. */
export function toConversation(row: Row): ConversationRecord {
  return {
    id: String(row["id"]),
    owner: { tenant: String(row["tenant"]), name: String(row["owner"]) },
    title: textOrNull(row["title"]),
    isPinned: row["is_pinned"] === true,
    // Written by `create` and `update`.
    metadata: row["metadata"] as Record<string, string>,
    leafId: textOrNull(row["leaf_id"]),
    createdAt: Number(row["created_at"]),
    updatedAt: Number(row["updated_at"]),
  };
}

export function toMessage(row: Row): MessageRecord {
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

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
