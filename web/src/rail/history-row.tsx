import { useLingui } from "@lingui/react/macro";
import { Ellipsis, Pin } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { Link } from "wouter";
import type { ConversationBody } from "../../../src/protocol/conversations.ts";
import { useChangeConversation } from "../conversations/use-conversations.ts";
import { Icon } from "../ui/icon.tsx";
import styles from "./history.module.css";
import type { Chosen } from "./row-menu.tsx";
import { TitleField } from "./title-field.tsx";

export interface RowEvents {
  /** The conversation is being opened. */
  open: (id: string) => void;
  /** Its menu was asked for. */
  choose: (chosen: Chosen) => void;
  /** Its title is to be changed; null: it is no longer. */
  rename: (id: string | null) => void;
}

interface HistoryRowProps {
  conversation: ConversationBody;
  isCurrent: boolean;
  isRenaming: boolean;
  events: RowEvents;
}

/** One of thousands: plain elements, drawn anew only when something of it changes. */
export const HistoryRow = memo(function HistoryRow(props: HistoryRowProps) {
  const { conversation, isCurrent, isRenaming, events } = props;
  const { t } = useLingui();
  const { id, title, pinned, snippet } = conversation;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);

  if (isRenaming) {
    return (
      <li ref={row}>
        <NewTitle conversation={conversation} done={() => events.rename(null)} />
      </li>
    );
  }
  return (
    <li ref={row} className={styles["row"]}>
      <Link
        href={`/c/${id}`}
        className={styles["link"] ?? ""}
        aria-current={isCurrent ? "page" : undefined}
        onClick={() => events.open(id)}
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
      <button
        type="button"
        className={styles["more"]}
        aria-label={t`More about this conversation`}
        aria-haspopup="menu"
        onClick={({ currentTarget }) =>
          events.choose({ conversation, trigger: currentTarget, isOpen: true })
        }
      >
        <Icon of={Ellipsis} />
      </button>
    </li>
  );
});

function NewTitle({
  conversation: { id, title },
  done,
}: {
  conversation: ConversationBody;
  done: () => void;
}) {
  const { mutate: change } = useChangeConversation();
  return (
    <TitleField
      title={title ?? ""}
      done={(renamed) => {
        done();
        if (renamed !== null) change({ id, change: { title: renamed } });
      }}
    />
  );
}
