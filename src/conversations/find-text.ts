import type { FoundConversation } from "./conversation-store.ts";
import { foldText } from "./fold-text.ts";

/**
 * The conversation when its title or one of its messages holds what is wanted, with the text that does; null: neither does.
 * @param wanted After `foldText`.
 */
export function findText(
  conversation: FoundConversation,
  texts: readonly string[],
  wanted: string,
): FoundConversation | null {
  const holds = (text: string): boolean => foldText(text).includes(wanted);
  if (holds(conversation.title ?? "")) return { ...conversation, match: null };
  const found = texts.find(holds);
  return found === undefined ? null : { ...conversation, match: found };
}
