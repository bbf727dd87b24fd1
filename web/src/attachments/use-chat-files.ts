import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import { useAbilities } from "../app/abilities.ts";
import { useAnnounce } from "../app/announcer.tsx";
import type { ChatFiles, ChatFilesStore } from "./chat-files.ts";

export const ChatFilesContext = createContext<ChatFilesStore | null>(null);

export interface Attaching extends ChatFiles {
  add: (files: File[]) => void;
  remove: (key: string) => void;
  /** They have been sent. */
  clear: () => void;
}

/**
 * The files that go with the next question of a conversation; null: of one that has not begun. `storeId`: where its earlier
 * files are; null: it has none. `said`: what screen readers are told when files are added.
 */
export function useChatFiles(
  conversationId: string | null,
  { storeId, said }: { storeId: string | null; said: string },
): Attaching {
  const store = useContext(ChatFilesContext);
  if (store === null) throw new Error("useChatFiles outside of the page");
  const announce = useAnnounce();
  const { max_file_bytes: mostBytes } = useAbilities();
  const chat = conversationId ?? "new";
  const own = useSyncExternalStore(
    store.subscribe,
    useCallback(() => store.read(chat), [store, chat]),
  );
  return useMemo(
    () => ({
      storeId: storeId ?? own.storeId,
      files: own.files,
      add(files) {
        if (files.length === 0) return;
        store.add(chat, { files, storeId, mostBytes });
        announce(said);
      },
      remove: (key) => store.remove(chat, key),
      clear: () => store.clear(chat),
    }),
    [store, chat, own, storeId, mostBytes, announce, said],
  );
}
