import type { ConversationRecord, MessageRecord } from "../conversations/conversation-store.ts";

/** Of the owner the kits act for. */
export function conversation(
  id: string,
  more: Partial<ConversationRecord> = {},
): ConversationRecord {
  return {
    id,
    owner: { tenant: "acme", name: "ann" },
    title: null,
    isPinned: false,
    metadata: {},
    leafId: null,
    createdAt: 1_000,
    updatedAt: 1_000,
    ...more,
  };
}

export function message(id: string, more: Partial<MessageRecord> = {}): MessageRecord {
  const text = more.text ?? `text of ${id}`;
  return {
    id,
    parentId: null,
    message: JSON.stringify({ role: "user", content: text }),
    text,
    answer: null,
    feedback: null,
    createdAt: 1_000,
    ...more,
  };
}
