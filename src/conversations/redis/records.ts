import type { ConversationRecord, FeedbackRecord, MessageRecord } from "../conversation-store.ts";

/** Of a conversation's hash. */
export type Fields = Record<string, string>;

export function fieldsOf(conversation: ConversationRecord): Fields {
  return {
    tenant: conversation.owner.tenant,
    name: conversation.owner.name,
    title: JSON.stringify(conversation.title),
    pinned: String(Number(conversation.isPinned)),
    metadata: JSON.stringify(conversation.metadata),
    leaf: conversation.leafId ?? "",
    created: String(conversation.createdAt),
    updated: String(conversation.updatedAt),
  };
}

/** @param fields As `fieldsOf` made them. */
export function toConversation(id: string, fields: Fields): ConversationRecord {
  return {
    id,
    owner: { tenant: fields["tenant"] ?? "", name: fields["name"] ?? "" },
    title: JSON.parse(fields["title"] ?? "null") as string | null,
    isPinned: fields["pinned"] === "1",
    metadata: JSON.parse(fields["metadata"] ?? "{}") as Record<string, string>,
    leafId: fields["leaf"] || null,
    createdAt: Number(fields["created"]),
    updatedAt: Number(fields["updated"]),
  };
}

/** Its feedback is kept apart, since it changes. */
export function storedMessage({ feedback: _apart, ...message }: MessageRecord): string {
  return JSON.stringify(message);
}

export function messageOf(stored: string): MessageRecord {
  return { ...(JSON.parse(stored) as Omit<MessageRecord, "feedback">), feedback: null }; // written by `storedMessage`
}

export function withFeedback({
  messages,
  feedback,
}: {
  messages: MessageRecord[];
  feedback: Record<string, string>;
}): MessageRecord[] {
  return messages.map((message) => {
    const given = feedback[message.id];
    // Written by `setFeedback`.
    return given === undefined
      ? message
      : { ...message, feedback: JSON.parse(given) as FeedbackRecord };
  });
}
