import type {
  ConversationRecord,
  FoundConversation,
  MessageRecord,
} from "../conversations/conversation-store.ts";
import { snippetOf } from "../conversations/snippet.ts";
import type {
  ConversationBody,
  ConversationUsage,
  ListedMessageBody,
  MessageBody,
  StoredAnswer,
} from "../protocol/conversations.ts";

export function toConversationBody(conversation: ConversationRecord): ConversationBody {
  return {
    id: conversation.id,
    object: "conversation",
    title: conversation.title,
    pinned: conversation.isPinned,
    metadata: conversation.metadata,
    leaf_message_id: conversation.leafId,
    created_at: conversation.createdAt,
    updated_at: conversation.updatedAt,
  };
}

/** What all its answers took. */
export function usageOf(messages: MessageBody[], currency: string): ConversationUsage {
  const total = {
    answers: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    total_tokens: 0,
    cost: 0,
    currency: currency || null,
  };
  for (const { answer } of messages) {
    if (answer === null) continue;
    total.answers++;
    total.prompt_tokens += answer.usage?.prompt_tokens ?? 0;
    total.completion_tokens += answer.usage?.completion_tokens ?? 0;
    total.total_tokens += answer.usage?.total_tokens ?? 0;
    total.cost += answer.cost ?? 0;
  }
  return total;
}

/** As a search found it. */
export function toFoundBody(
  { match, ...found }: FoundConversation,
  search: string,
): ConversationBody {
  const body = toConversationBody(found);
  return match === null ? body : { ...body, snippet: snippetOf(match, search) };
}

export function toMessageBody(record: MessageRecord): MessageBody {
  const { feedback } = record;
  return {
    id: record.id,
    object: "conversation.message",
    parent_id: record.parentId,
    created_at: record.createdAt,
    // Both written where the turn was kept.
    message: JSON.parse(record.message) as MessageBody["message"],
    answer: record.answer === null ? null : (JSON.parse(record.answer) as StoredAnswer),
    feedback:
      feedback === null
        ? null
        : {
            thumb: feedback.thumb,
            reasons: feedback.reasons,
            text: feedback.text,
            created_at: feedback.createdAt,
          },
  };
}

/** Everything that was found for every answer is many times as long as the conversation. */
export function toListedBody({ answer, ...message }: MessageBody): ListedMessageBody {
  if (answer === null) return { ...message, answer };
  const retrieved = answer.retrieved.map(({ content: _words, ...found }) => found);
  return { ...message, answer: { ...answer, retrieved } };
}
