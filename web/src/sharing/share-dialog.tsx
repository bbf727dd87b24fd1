import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Copy } from "lucide-react";
import type { ConversationBody } from "../../../src/protocol/conversations.ts";
import type { ShareBody } from "../../../src/protocol/shares.ts";
import { ClientError } from "../../../src/client/http-client.ts";
import { connect, messageOf } from "../session.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { useCopy } from "../ui/use-copy.ts";
import styles from "./share-dialog.module.css";

interface ShareDialogProps {
  conversation: Pick<ConversationBody, "id" | "leaf_message_id">;
  close: () => void;
}

/** Makes the address at which others read a conversation, and takes it back. */
export function ShareDialog({ conversation, close }: ShareDialogProps) {
  const { id, leaf_message_id: leafId } = conversation;
  const { t } = useLingui();
  const { share, error, isPending, begin, stop } = useShare(id);
  const { isCopied, copy } = useCopy();
  const address = share ? new URL(share.path, location.origin).href : "";
  return (
    <Dialog title={t`Share this conversation`} isOpen close={close}>
      <p className={styles["words"]}>
        <Trans>
          Everybody who has the link and may chat here can read it up to its last answer, with the
          cited passages. They do not see who asked, and what you ask later is not shared with it.
        </Trans>
      </p>
      {share ? (
        <input
          className={styles["address"]}
          aria-label={t`Link`}
          dir="ltr"
          readOnly
          value={address}
          onFocus={({ target }) => target.select()}
        />
      ) : null}
      {error === null ? null : (
        <p role="alert" className={styles["error"]}>
          {messageOf(error)}
        </p>
      )}
      {share ? (
        <DialogActions>
          <Button onPress={stop} isDisabled={isPending}>
            <Trans>Stop sharing</Trans>
          </Button>
          {share.message_id === leafId ? null : (
            <Button look="outlined" onPress={begin} isDisabled={isPending}>
              <Trans>Share up to now</Trans>
            </Button>
          )}
          <Button look="primary" onPress={() => copy(address)} autoFocus>
            <Icon of={isCopied ? Check : Copy} />
            {isCopied ? <Trans>Copied</Trans> : <Trans>Copy the link</Trans>}
          </Button>
        </DialogActions>
      ) : (
        <DialogActions>
          <Button onPress={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button look="primary" onPress={begin} isDisabled={isPending || share === undefined}>
            <Trans>Make a link</Trans>
          </Button>
        </DialogActions>
      )}
    </Dialog>
  );
}

/** Null: it is not shared; undefined: that is not known yet. */
function useShare(id: string) {
  const queries = useQueryClient();
  const queryKey = ["share", id];
  const { data, error } = useQuery({
    queryKey,
    queryFn: ({ signal }) => connect(signal).shareOf(id).catch(nullWhenAbsent),
    retry: false,
    staleTime: 0,
  });
  const keep = (share: ShareBody | null): void => {
    queries.setQueryData(queryKey, share);
  };
  const sharing = useMutation({
    mutationFn: () => connect().shareConversation(id),
    onSuccess: keep,
  });
  const stopping = useMutation({
    mutationFn: () => connect().stopSharing(id),
    onSuccess: () => keep(null),
  });
  return {
    share: data,
    error: error ?? sharing.error ?? stopping.error,
    isPending: sharing.isPending || stopping.isPending,
    begin: () => sharing.mutate(),
    stop: () => stopping.mutate(),
  };
}

function nullWhenAbsent(error: unknown): null {
  if (error instanceof ClientError && error.status === 404) return null;
  throw error;
}
