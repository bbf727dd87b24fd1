import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useRoute } from "wouter";
import { conversationQuery } from "../conversations/conversation-query.ts";
import { type ConversationGroup, groupByDate } from "../conversations/group-by-date.ts";
import { useConversations } from "../conversations/use-conversations.ts";
import { isUnauthorized } from "../session.ts";
import { currentPath, goToSignIn } from "../sign-in/addresses.ts";
import { Button } from "../ui/button.tsx";
import { HistoryRow, type RowEvents } from "./history-row.tsx";
import styles from "./history.module.css";
import { type Chosen, RowMenu } from "./row-menu.tsx";

/** How far below what is visible the next page is fetched. Pixels. */
const AHEAD = 800;

interface HistoryProps {
  search: string;
  /** A conversation was chosen. */
  leave: (() => void) | undefined;
}

/** Conversations by date, or those a search found; earlier ones come as the reader scrolls. */
export function History({ search, leave }: HistoryProps) {
  const { conversations, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useConversations(search);
  const [, current] = useRoute("/c/:id");
  const scroller = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [renamed, setRenamed] = useState<string | null>(null);
  const groups = useMemo(
    (): ConversationGroup[] =>
      search === ""
        ? groupByDate(conversations, new Date())
        : [{ when: "today", from: null, conversations }],
    [conversations, search],
  );
  const queries = useQueryClient();
  const events = useMemo(
    (): RowEvents => ({
      open(id) {
        // On its way while the page still draws the place for it.
        void queries.prefetchQuery(conversationQuery(id));
        leave?.();
      },
      choose: setChosen,
      rename: setRenamed,
    }),
    [queries, leave],
  );
  if (isUnauthorized(error)) return <SignedOut />;
  if (error !== null) {
    return (
      <p className={styles["note"]} role="alert">
        <Trans>The conversations could not be loaded: {error.message}</Trans>
      </p>
    );
  }
  if (isPending) return <div className={styles["history"]} aria-busy="true" />;
  return (
    <div ref={scroller} className={styles["history"]}>
      {search === "" ? null : <FoundCount count={conversations.length} hasMore={hasNextPage} />}
      {groups.map((group) => (
        <Group
          key={`${group.when} ${group.from?.getFullYear()} ${group.from?.getMonth()}`}
          group={group}
          isFound={search !== ""}
          currentId={current?.id ?? null}
          renamed={renamed}
          events={events}
        />
      ))}
      {hasNextPage ? (
        <Earlier scroller={scroller} isFetching={isFetchingNextPage} fetch={fetchNextPage} />
      ) : null}
      {chosen === null ? null : (
        <RowMenu
          key={chosen.conversation.id}
          chosen={chosen}
          close={() => setChosen((before) => before && { ...before, isOpen: false })}
          rename={setRenamed}
        />
      )}
    </div>
  );
}

/** Whose session has ended while they used the page, and who has closed what said so. */
function SignedOut() {
  return (
    <div className={styles["note"]}>
      <p>
        <Trans>Sign in to see your conversations.</Trans>
      </p>
      <Button look="outlined" onPress={() => goToSignIn(currentPath())}>
        <Trans>Sign in again</Trans>
      </Button>
    </div>
  );
}

function FoundCount({ count, hasMore }: { count: number; hasMore: boolean }) {
  return (
    <p className={styles["note"]} role="status">
      {hasMore ? (
        <Trans>More than {count} conversations found</Trans>
      ) : (
        <Plural
          value={count}
          _0="Nothing found"
          one="# conversation found"
          other="# conversations found"
        />
      )}
    </p>
  );
}

interface GroupProps {
  group: ConversationGroup;
  isFound: boolean;
  currentId: string | null;
  /** Id of the conversation whose title is being changed. */
  renamed: string | null;
  events: RowEvents;
}

function Group({ group, isFound, currentId, renamed, events }: GroupProps) {
  const title = useGroupTitle(group);
  return (
    <section aria-label={isFound ? undefined : title}>
      {isFound ? null : <h2 className={styles["when"]}>{title}</h2>}
      <ul>
        {group.conversations.map((conversation) => (
          <HistoryRow
            key={conversation.id}
            conversation={conversation}
            isCurrent={conversation.id === currentId}
            isRenaming={conversation.id === renamed}
            events={events}
          />
        ))}
      </ul>
    </section>
  );
}

function useGroupTitle({ when, from }: ConversationGroup): string {
  const { t, i18n } = useLingui();
  switch (when) {
    case "pinned":
      return t`Pinned`;
    case "today":
      return t`Today`;
    case "yesterday":
      return t`Yesterday`;
    case "week":
      return t`Previous 7 days`;
    case "month":
      return i18n.date(from ?? new Date(), { month: "long", year: "numeric" });
  }
}

/** Fetches the next page when it comes near; also by hand, for whenever that has failed. */
function Earlier({
  scroller,
  isFetching,
  fetch,
}: {
  scroller: React.RefObject<HTMLElement | null>;
  isFetching: boolean;
  fetch: () => Promise<unknown>;
}) {
  const place = useRef<HTMLDivElement>(null);
  const more = useCallback(() => void fetch(), [fetch]);
  useEffect(() => {
    if (isFetching || place.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && more(),
      { root: scroller.current, rootMargin: `${AHEAD}px 0px` },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isFetching, more, scroller]);
  return (
    <div ref={place}>
      <Button isDisabled={isFetching} onPress={more}>
        <Trans>Show earlier ones</Trans>
      </Button>
    </div>
  );
}
