import { useLingui } from "@lingui/react/macro";
import { Ellipsis, PanelLeftOpen, Plus } from "lucide-react";
import { memo, useState } from "react";
import { useLocation } from "wouter";
import type { ConversationBody } from "../../../src/protocol/conversations.ts";
import { useRail } from "../app/rail-state.ts";
import { useConversationActions } from "../conversations/conversation-actions.tsx";
import { useChangeConversation } from "../conversations/use-conversations.ts";
import { TitleField } from "../rail/title-field.tsx";
import { IconButton } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import styles from "./conversation-bar.module.css";

interface ConversationBarProps {
  /** Null: it has not begun. */
  conversation: ConversationBody | null;
  title: string | null;
}

/** The conversation's title, and what can be done with it. */
export const ConversationBar = memo(function ConversationBar(props: ConversationBarProps) {
  const { conversation, title } = props;
  const { t } = useLingui();
  const { isBeside, open } = useRail();
  const [, navigate] = useLocation();
  return (
    <header className={styles["bar"]}>
      {isBeside ? null : (
        <IconButton label={t`Open the side bar`} icon={PanelLeftOpen} onPress={open} />
      )}
      {conversation === null ? (
        <h1 className={styles["title"]} dir="auto">
          {title ?? <span className="visually-hidden">{t`New conversation`}</span>}
        </h1>
      ) : (
        <Title conversation={conversation} />
      )}
      {isBeside ? null : (
        <IconButton label={t`New conversation`} icon={Plus} onPress={() => navigate("/")} />
      )}
    </header>
  );
});

function Title({ conversation }: { conversation: ConversationBody }) {
  const { t } = useLingui();
  const { id, title } = conversation;
  const [isRenaming, setIsRenaming] = useState(false);
  const { mutate: change } = useChangeConversation();
  const { groups, dialogs } = useConversationActions(conversation, () => setIsRenaming(true));
  return (
    <>
      <h1 className={styles["title"]} dir="auto">
        {isRenaming ? (
          <TitleField
            title={title ?? ""}
            done={(renamed) => {
              setIsRenaming(false);
              if (renamed !== null) change({ id, change: { title: renamed } });
            }}
          />
        ) : (
          (title ?? t`New conversation`)
        )}
      </h1>
      <Menu label={t`Conversation`} groups={groups}>
        <IconButton label={t`More about this conversation`} icon={Ellipsis} />
      </Menu>
      {dialogs}
    </>
  );
}
