import type { ConversationRecord, FoundConversation, MessageRecord } from "./conversation-store.ts";

/**
 * The conversation when its title or one of its messages holds what is wanted, with the text that does; null: neither does.
 * @param wanted In small letters; empty: everything is found.
 */
export function findText(
  conversation: ConversationRecord,
  messages: readonly MessageRecord[],
  wanted: string,
): FoundConversation | null {
  const holds = (text: string | null): boolean =>
    text !== null && text.toLowerCase().includes(wanted);
  if (wanted === "" || holds(conversation.title)) return { ...conversation, match: null };
  const found = messages.find(({ text }) => holds(text));
  return found ? { ...conversation, match: found.text } : null;
}
