import { useCallback, useState } from "react";

const PREFIX = "groundwire-draft:";

/** What has been typed and not sent, kept in this browser for each conversation. */
export function useDraft(conversationId: string | null): [string, (text: string) => void] {
  const key = PREFIX + (conversationId ?? "new");
  const [text, setText] = useState(() => read(key));
  const change = useCallback(
    (changed: string) => {
      setText(changed);
      keepDraft(conversationId, changed);
    },
    [conversationId],
  );
  return [text, change];
}

/** What stands in the composer when the conversation is opened next; null: a new one. */
export function keepDraft(conversationId: string | null, text: string): void {
  const key = PREFIX + (conversationId ?? "new");
  try {
    if (text === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Full or forbidden: the draft lasts as long as the page.
  }
}

/** Nobody who uses this browser next finds what was typed. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch {
    // Forbidden: then there are none.
  }
}

/** Forgets a draft that has arrived; another one stays. */
export function dropDraft(conversationId: string, text: string): void {
  if (read(PREFIX + conversationId) === text) keepDraft(conversationId, "");
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
