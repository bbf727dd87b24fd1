import {
  type InfiniteData,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import type { ConversationChange } from "../../../src/client/conversation-calls.ts";
import type { ConversationBody } from "../../../src/protocol/conversations.ts";
import type { ListBody } from "../../../src/protocol/lists.ts";
import { conversationKey } from "../chat/chats.ts";
import { connect } from "../session.ts";

export const CONVERSATIONS_KEY = ["conversations"] as const;
const PAGE = 40;

/** Pages of the reader's conversations, all or those that a search finds. */
export function useConversations(search: string) {
  return useInfiniteQuery({
    queryKey: [...CONVERSATIONS_KEY, search],
    queryFn: ({ pageParam, signal }) =>
      connect(signal).conversations({ after: pageParam, search, limit: PAGE }),
    initialPageParam: "",
    getNextPageParam: (page) => (page.has_more ? (page.last_id ?? undefined) : undefined),
    placeholderData: (before) => before,
  });
}

type Pages = InfiniteData<ListBody<ConversationBody>>;

/** Changes a conversation; the list shows it at once, and goes back when the server refuses. */
export function useChangeConversation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change }: { id: string; change: ConversationChange }) =>
      connect().changeConversation(id, change),
    onMutate({ id, change }) {
      const shown = {
        ...(change.title === undefined ? {} : { title: change.title }),
        ...(change.pinned === undefined ? {} : { pinned: change.pinned }),
      };
      queries.setQueriesData<Pages>({ queryKey: CONVERSATIONS_KEY }, (pages) =>
        pages === undefined ? pages : withChange(pages, id, shown),
      );
    },
    onSettled: (_body, _error, { id }) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: CONVERSATIONS_KEY }),
        queries.invalidateQueries({ queryKey: conversationKey(id) }),
      ]),
  });
}

function withChange(pages: Pages, id: string, change: Partial<ConversationBody>): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      data: page.data.map((one) => (one.id === id ? { ...one, ...change } : one)),
    })),
  };
}

export function useDeleteConversation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => connect().deleteConversation(id),
    onSuccess(_deleted, id) {
      queries.removeQueries({ queryKey: conversationKey(id) });
      return queries.invalidateQueries({ queryKey: CONVERSATIONS_KEY });
    },
  });
}
