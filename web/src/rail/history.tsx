import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Ellipsis, Pin } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link, useRoute } from "wouter";
import type { ConversationBody } from "../../../src/protocol/conversations.ts";
import { useConversationActions } from "../conversations/conversation-actions.tsx";
import { type ConversationGroup, groupByDate } from "../conversations/group-by-date.ts";
import { useChangeConversation, useConversations } from "../conversations/use-conversations.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import styles from "./history.module.css";
import { TitleField } from "./title-field.tsx";

interface HistoryProps {
  search: string;
  /** A conversation was chosen. */
  leave: (() => void) | undefined;
}

/** Conversations by date, or those a search found. */
export function History({ search, leave }: HistoryProps) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useConversations(search);
  const conversations = data?.pages.flatMap((page) => page.data) ?? [];
  if (error !== null) {
    return (
      <p className={styles["note"]} role="alert">
        <Trans>The conversations could not be loaded: {error.message}</Trans>
      </p>
    );
  }
  if (isPending) return <div className={styles["history"]} aria-busy="true" />;

  const groups: ConversationGroup[] =
    search === ""
      ? groupByDate(conversations, new Date())
      : [{ when: "today", from: null, conversations }];
  return (
    <div className={styles["history"]}>
      {search === "" ? null : (
        <p className={styles["note"]} role="status">
          <Plural
            value={conversations.length}
            _0="Nothing found"
            one="# conversation found"
            other="# conversations found"
          />
        </p>
      )}
      {groups.map((group) => (
        <Group
          key={`${group.when} ${group.from?.toISOString() ?? ""}`}
          group={group}
          isFound={search !== ""}
          leave={leave}
        />
      ))}
      {hasNextPage ? (
        <Button isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>
          <Trans>Show earlier ones</Trans>
        </Button>
      ) : null}
    </div>
  );
}

function Group({
  group,
  isFound,
  leave,
}: {
  group: ConversationGroup;
  isFound: boolean;
  leave: HistoryProps["leave"];
}) {
  const title = useGroupTitle(group);
  return (
    <section aria-label={isFound ? undefined : title}>
      {isFound ? null : <h2 className={styles["when"]}>{title}</h2>}
      <ul>
        {group.conversations.map((conversation) => (
          <Row key={conversation.id} conversation={conversation} leave={leave} />
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

function Row({
  conversation,
  leave,
}: {
  conversation: ConversationBody;
  leave: HistoryProps["leave"];
}) {
  const { t } = useLingui();
  const { id, title, pinned, snippet } = conversation;
  const [isCurrent] = useRoute(`/c/${id}`);
  const [isRenaming, setIsRenaming] = useState(false);
  const { mutate: change } = useChangeConversation();
  const { groups, confirmation } = useConversationActions(conversation, () => setIsRenaming(true));
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);

  if (isRenaming) {
    return (
      <li ref={row}>
        <TitleField
          title={title ?? ""}
          done={(renamed) => {
            setIsRenaming(false);
            if (renamed !== null) change({ id, change: { title: renamed } });
          }}
        />
      </li>
    );
  }
  return (
    <li ref={row} className={styles["row"]}>
      <Link
        href={`/c/${id}`}
        className={styles["link"] ?? ""}
        aria-current={isCurrent ? "page" : undefined}
        onClick={leave}
      >
        <span className={styles["title"]} dir="auto">
          {title ?? t`New conversation`}
        </span>
        {snippet === undefined ? null : (
          <span className={styles["snippet"]} dir="auto">
            {snippet}
          </span>
        )}
      </Link>
      {pinned ? (
        <span className={styles["pin"]}>
          <Icon of={Pin} size={14} />
        </span>
      ) : null}
      <span className={styles["more"]}>
        <Menu label={t`Conversation`} groups={groups} placement="bottom start">
          <IconButton label={t`More about this conversation`} icon={Ellipsis} />
        </Menu>
      </span>
      {confirmation}
    </li>
  );
}
