import { useLingui } from "@lingui/react/macro";
import { useMemo } from "react";
import type { ConversationBody } from "../../../src/protocol/conversations.ts";
import { useConversationActions } from "../conversations/conversation-actions.tsx";
import { MenuAt } from "../ui/menu.tsx";

/** The conversation whose menu is or was open. */
export interface Chosen {
  conversation: ConversationBody;
  trigger: HTMLElement;
  isOpen: boolean;
}

interface RowMenuProps {
  chosen: Chosen;
  close: () => void;
  rename: (id: string) => void;
}

/** The one menu of the history. It stays after it is closed: what it asks before deleting is its own. */
export function RowMenu({
  chosen: { conversation, trigger, isOpen },
  close,
  rename,
}: RowMenuProps) {
  const { t } = useLingui();
  const place = useMemo(() => ({ current: trigger }), [trigger]);
  const { groups, dialogs } = useConversationActions(conversation, () => rename(conversation.id));
  return (
    <>
      <MenuAt
        label={t`Conversation`}
        groups={groups}
        trigger={place}
        isOpen={isOpen}
        close={close}
      />
      {dialogs}
    </>
  );
}
