import { Trans, useLingui } from "@lingui/react/macro";
import { FileDown, FileJson, Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { ConversationBody } from "../../../src/protocol/conversations.ts";
import { useAnnounce } from "../app/announcer.tsx";
import { download } from "../session.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import type { MenuGroup } from "../ui/menu.tsx";
import { useChangeConversation, useDeleteConversation } from "./use-conversations.ts";

export interface ConversationActions {
  groups: MenuGroup[];
  /** Asks before the conversation is deleted; belongs beside the menu. */
  confirmation: React.ReactNode;
}

/** What can be done with a conversation, for a menu. */
export function useConversationActions(
  { id, title, pinned }: ConversationBody,
  rename: () => void,
): ConversationActions {
  const { t } = useLingui();
  const announce = useAnnounce();
  const { mutate: change } = useChangeConversation();
  const [isAsking, setIsAsking] = useState(false);

  function save(format: "markdown" | "json"): void {
    const extension = format === "json" ? "json" : "md";
    const path = `/groundwire/conversations/${id}/export?format=${format}`;
    download(path, `${fileNameOf(title) || id}.${extension}`).catch(() =>
      announce(t`The conversation could not be exported.`),
    );
  }

  const groups: MenuGroup[] = [
    {
      entries: [
        { id: "rename", label: t`Rename`, icon: Pencil, act: rename },
        {
          id: "pin",
          label: pinned ? t`Unpin` : t`Pin`,
          icon: pinned ? PinOff : Pin,
          act: () => change({ id, change: { pinned: !pinned } }),
        },
      ],
    },
    {
      entries: [
        { id: "md", label: t`Export as Markdown`, icon: FileDown, act: () => save("markdown") },
        { id: "json", label: t`Export as JSON`, icon: FileJson, act: () => save("json") },
      ],
    },
    {
      entries: [
        {
          id: "delete",
          label: t`Delete`,
          icon: Trash2,
          isDangerous: true,
          act: () => setIsAsking(true),
        },
      ],
    },
  ];
  const confirmation = (
    <DeleteDialog id={id} title={title} isOpen={isAsking} close={() => setIsAsking(false)} />
  );
  return { groups, confirmation };
}

function DeleteDialog({
  id,
  title,
  isOpen,
  close,
}: {
  id: string;
  title: string | null;
  isOpen: boolean;
  close: () => void;
}) {
  const { t } = useLingui();
  const [location, navigate] = useLocation();
  const { mutate: remove, isPending, error } = useDeleteConversation();
  const name = title ?? t`New conversation`;

  function confirm(): void {
    remove(id, {
      onSuccess() {
        close();
        if (location === `/c/${id}`) navigate("/");
      },
    });
  }

  return (
    <Dialog title={t`Delete “${name}”?`} isOpen={isOpen} close={close} isAlert>
      <p>
        <Trans>The questions and answers are gone for good. Your documents stay.</Trans>
      </p>
      {error === null ? null : <p role="alert">{error.message}</p>}
      <DialogActions>
        <Button look="outlined" onPress={close} autoFocus>
          <Trans>Keep</Trans>
        </Button>
        <Button look="danger" onPress={confirm} isDisabled={isPending}>
          <Trans>Delete</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** A title without what file systems refuse. */
function fileNameOf(title: string | null): string {
  return (title ?? "").replaceAll(/[^\p{L}\p{N} ._-]/gu, "").trim();
}
