import { queryOptions, useQuery } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import type { AbilitiesBody } from "../../../src/protocol/abilities.ts";
import { useAnnounce } from "../app/announcer.tsx";
import { request } from "../documents/request.ts";
import type { ChatFiles, ChatFilesStore } from "./chat-files.ts";

export const ChatFilesContext = createContext<ChatFilesStore | null>(null);

export const abilitiesQuery = queryOptions({
  queryKey: ["abilities"],
  queryFn: async ({ signal }) =>
    // The server's own answer.
    (await (await request("/groundwire/abilities", { signal })).json()) as AbilitiesBody,
  staleTime: 300_000,
});

/** What the server can do; nothing more than asking until it is known. */
export function useAbilities(): Pick<AbilitiesBody, "code_interpreter" | "max_file_bytes"> {
  const { data } = useQuery(abilitiesQuery);
  return data ?? NOTHING_KNOWN;
}

const NOTHING_KNOWN = { code_interpreter: false, max_file_bytes: Number.POSITIVE_INFINITY };

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
