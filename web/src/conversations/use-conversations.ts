import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import type { ConversationChange } from "../../../src/client/conversation-calls.ts";
import type { ConversationBody } from "../../../src/protocol/conversations.ts";
import type { ListBody } from "../../../src/protocol/lists.ts";
import { connect } from "../session.ts";
import { conversationKey } from "./conversation-key.ts";

export const CONVERSATIONS_KEY = ["conversations"] as const;
const PAGE = 40;

type Pages = InfiniteData<ListBody<ConversationBody>>;

/** The reader's conversations as far as they have been read, all or those that a search finds; pinned ones first, then the newest. */
export function useConversations(search: string) {
  const { data, ...query } = useInfiniteQuery({
    queryKey: [...CONVERSATIONS_KEY, search],
    queryFn: ({ pageParam, signal }) =>
      connect(signal).conversations({ after: pageParam, search, limit: PAGE }),
    initialPageParam: "",
    // The last one that is still there: a page cannot follow one that was deleted.
    getNextPageParam: (page, pages) =>
      page.has_more ? pages.flatMap(({ data }) => data).at(-1)?.id : undefined,
    placeholderData: (before) => before,
  });
  const conversations = useMemo(
    () => (data?.pages ?? []).flatMap((page) => page.data).toSorted(newestFirst),
    [data],
  );
  return { ...query, conversations };
}

/** The order of the server. */
function newestFirst(left: ConversationBody, right: ConversationBody): number {
  return (
    Number(right.pinned) - Number(left.pinned) ||
    right.updated_at - left.updated_at ||
    (left.id < right.id ? 1 : -1)
  );
}

/** Reads the first page anew and puts it before what has been read: one request, however far the reader has scrolled. */
export async function refreshConversations(queries: QueryClient): Promise<void> {
  queries.removeQueries({ queryKey: CONVERSATIONS_KEY, type: "inactive" });
  const active = queries.getQueryCache().findAll({ queryKey: CONVERSATIONS_KEY });
  await Promise.all(
    active.map(async ({ queryKey }) => {
      const [, wanted] = queryKey;
      const search = typeof wanted === "string" ? wanted : "";
      try {
        const fresh = await connect().conversations({ after: "", search, limit: PAGE });
        queries.setQueryData<Pages>(queryKey, (shown) => shown && withFirstPage(shown, fresh));
      } catch {
        // The list stays as it is until it can be read again.
        await queries.invalidateQueries({ queryKey, refetchType: "none" });
      }
    }),
  );
}

function withFirstPage(
  { pages: [first, second, ...others], pageParams }: Pages,
  fresh: ListBody<ConversationBody>,
): Pages {
  const last = fresh.data.at(-1);
  if (!fresh.has_more || last === undefined || second === undefined)
    return { pages: [fresh], pageParams: pageParams.slice(0, 1) };
  const isFresh = new Set(fresh.data.map(({ id }) => id));
  // What stood on the first page and comes before its end is on it, or gone.
  const pushed = (first?.data ?? []).filter((one) => newestFirst(one, last) > 0);
  const later = [{ ...second, data: [...pushed, ...second.data] }, ...others].map((page) => ({
    ...page,
    data: page.data.filter(({ id }) => !isFresh.has(id)),
  }));
  return { pages: [fresh, ...later], pageParams };
}

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
        refreshConversations(queries),
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
      queries.setQueriesData<Pages>(
        { queryKey: CONVERSATIONS_KEY },
        (pages) => pages && without(pages, id),
      );
    },
  });
}

/** Deletes all of the reader's conversations. */
export function useDeleteConversations() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => connect().deleteConversations(),
    onSuccess: () => queries.resetQueries({ queryKey: CONVERSATIONS_KEY }),
  });
}

function without(pages: Pages, id: string): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      data: page.data.filter((one) => one.id !== id),
    })),
  };
}
