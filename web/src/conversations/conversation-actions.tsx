import { Trans, useLingui } from "@lingui/react/macro";
import { FileDown, FileJson, Pencil, Pin, PinOff, Share2, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useLocation } from "wouter";
import type { ConversationBody } from "../../../src/protocol/conversations.ts";
import { useAnnounce } from "../app/announcer.tsx";
import { download } from "../session.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { LoadBoundary } from "../ui/load-boundary.tsx";
import type { MenuGroup } from "../ui/menu.tsx";
import { useChangeConversation, useDeleteConversation } from "./use-conversations.ts";

const ShareDialog = lazy(async () => ({
  default: (await import("../sharing/share-dialog.tsx")).ShareDialog,
}));

export interface ConversationActions {
  groups: MenuGroup[];
  /** Asks before the conversation is deleted, shares it; belongs beside the menu. */
  dialogs: React.ReactNode;
}

/** What can be done with a conversation, for a menu. */
export function useConversationActions(
  conversation: ConversationBody,
  rename: () => void,
): ConversationActions {
  const { id, title, pinned } = conversation;
  const { t } = useLingui();
  const announce = useAnnounce();
  const { mutate: change } = useChangeConversation();
  const [isAsking, setIsAsking] = useState(false);
  const [isSharing, setIsSharing] = useState(false);

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
        { id: "share", label: t`Share…`, icon: Share2, act: () => setIsSharing(true) },
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
  const dialogs = (
    <>
      <DeleteDialog id={id} title={title} isOpen={isAsking} close={() => setIsAsking(false)} />
      {isSharing ? (
        <LoadBoundary>
          <Suspense>
            <ShareDialog conversation={conversation} close={() => setIsSharing(false)} />
          </Suspense>
        </LoadBoundary>
      ) : null}
    </>
  );
  return { groups, dialogs };
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
