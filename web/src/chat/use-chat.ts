import { replaceEqualDeep, useQuery } from "@tanstack/react-query";
import {
  createContext,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
import type { KeptConversation } from "../../../src/client/conversation-calls.ts";
import { conversationQuery } from "../conversations/conversation-query.ts";
import type { Chats, LiveTurn } from "./chats.ts";
import { isRunning, type ShownAnswer } from "./shown-answer.ts";
import { type Turn, turnsOf } from "./turns.ts";

export const ChatsContext = createContext<Chats | null>(null);

export function useChats(): Chats {
  const chats = useContext(ChatsContext);
  if (chats === null) throw new Error("useChats outside of the page");
  return chats;
}

export interface Chat {
  turns: Turn[];
  kept: KeptConversation | undefined;
  isLoading: boolean;
  error: Error | null;
  /** A question is being answered. */
  isBusy: boolean;
  /** The turn that the server has not kept yet, without its newest words. */
  live: LiveTurn | null;
}

/** How often a conversation is read whose last question has no answer yet. Milliseconds. */
const AWAITED_MS = 1_500;
/** An older question is not being answered any more. Seconds. */
const LONGEST_ANSWER = 15 * 60;

/** The last question has no answer, and may be being answered for another page. */
function isAwaited(kept: KeptConversation | undefined): boolean {
  const leaf = kept?.messages.find(({ id }) => id === kept.leaf_message_id);
  return leaf?.message.role === "user" && leaf.created_at > Date.now() / 1000 - LONGEST_ANSWER;
}

/** An answer with its newest words. */
export function useNewestWords({ answer, liveIn }: Turn): ShownAnswer | null {
  const chats = useChats();
  const read = useCallback(() => (liveIn === null ? null : chats.live(liveIn)), [chats, liveIn]);
  return useSyncExternalStore(chats.subscribe, read)?.answer ?? answer;
}

/** A conversation: what the server keeps, and the turn that is being answered. Null: none has begun. */
export function useChat(id: string | null): Chat {
  const chats = useChats();
  const { data, error, isLoading } = useQuery({
    ...conversationQuery(id ?? ""),
    enabled: id !== null,
    // Another tab may have gone on with it.
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => (isAwaited(state.data) ? AWAITED_MS : false),
  });
  const read = useCallback(() => (id === null ? null : chats.outline(id)), [chats, id]);
  const live = useSyncExternalStore(chats.subscribe, read);
  const latest = useRef<Turn[]>([]);
  const past = useMemo(() => {
    if (data === undefined) return [];
    const messages = data.messages.filter(({ id: message }) => message !== live?.answer.id);
    const leafId = live === null ? data.leaf_message_id : (live.questionId ?? live.parentId);
    // A turn that did not change stays the same object, so that it is not drawn anew when another one is added.
    latest.current = replaceEqualDeep(latest.current, turnsOf({ messages, leafId }, chats.seen));
    return latest.current;
    // The answer changes with every word; what came before it only with the turn.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [data, live?.answer.id, live?.questionId, live?.parentId, live === null, chats]);
  const turns = useMemo(() => withLive(past, live), [past, live]);
  return {
    turns,
    kept: data,
    isLoading,
    error: live === null ? error : null,
    isBusy: live !== null && isRunning(live.answer),
    live,
  };
}

function withLive(past: Turn[], live: LiveTurn | null): Turn[] {
  if (live === null) return past;
  const again = live.questionId === null ? undefined : past.at(-1);
  const before = again === undefined ? past : past.slice(0, -1);
  const versions = again?.versions ?? [];
  const turn: Turn = {
    key: live.questionId ?? "live",
    questionId: live.questionId,
    question: live.question,
    files: again?.files ?? live.files,
    parentId: live.parentId,
    answer: live.answer,
    liveIn: live.conversationId,
    versions,
    version: versions.length,
  };
  return [...before, turn];
}
