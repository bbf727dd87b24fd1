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

/** Feedback is kept apart, since it changes; so is how an answer came about, which is long and not looked at by a search. */
export function storedMessage({
  feedback: _given,
  answer: _how,
  ...message
}: MessageRecord): string {
  return JSON.stringify(message);
}

/** A message with its answer and feedback, where it has them. */
export function toMessage(stored: string, answers: Fields, feedback: Fields): MessageRecord {
  const message = parseMessage(stored);
  const given = feedback[message.id];
  return {
    // Messages that were kept before answers were kept apart have theirs.
    answer: answers[message.id] ?? null,
    ...message,
    feedback: given === undefined ? null : (JSON.parse(given) as FeedbackRecord), // written by `setFeedback`
  };
}

export function textOf(stored: string): string {
  return parseMessage(stored).text;
}

function parseMessage(stored: string): Omit<MessageRecord, "feedback" | "answer"> {
  return JSON.parse(stored) as MessageRecord; // written by `storedMessage`
}
