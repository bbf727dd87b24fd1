import { Trans, useLingui } from "@lingui/react/macro";
import { useLocation } from "wouter";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { useDeleteConversations } from "./use-conversations.ts";

/** Asks before all of the reader's conversations are deleted. */
export function DeleteAllDialog({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useLingui();
  const [location, navigate] = useLocation();
  const { mutate: remove, isPending, error } = useDeleteConversations();

  function confirm(): void {
    remove(undefined, {
      onSuccess() {
        close();
        if (location.startsWith("/c/")) navigate("/");
      },
    });
  }

  return (
    <Dialog title={t`Delete all conversations?`} isOpen={isOpen} close={close} isAlert>
      <p>
        <Trans>All questions and answers are gone for good. Your documents stay.</Trans>
      </p>
      {error === null ? null : <p role="alert">{error.message}</p>}
      <DialogActions>
        <Button look="outlined" onPress={close} autoFocus>
          <Trans>Keep</Trans>
        </Button>
        <Button look="danger" onPress={confirm} isDisabled={isPending}>
          <Trans>Delete all</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
