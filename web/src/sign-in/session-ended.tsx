import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useRoute } from "wouter";
import { useChats } from "../chat/use-chat.ts";
import { keepDraft } from "../composer/use-draft.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { currentPath, goToSignIn } from "./addresses.ts";
import styles from "./sign-in.module.css";

/** Says over the page that its session is over. What is on the page stays, and what was being asked is kept. */
export function SessionEnded() {
  const { t } = useLingui();
  const chats = useChats();
  const [, conversation] = useRoute("/c/:id");
  const [isOpen, setIsOpen] = useState(true);

  function signIn(): void {
    const live = conversation ? chats.live(conversation.id) : null;
    const wasRefused = live?.answer.error?.status === 401 && live.questionId === null;
    if (wasRefused) keepDraft(live.conversationId, live.question);
    goToSignIn(currentPath());
  }

  return (
    <Dialog title={t`Your session has ended`} isOpen={isOpen} close={() => setIsOpen(false)}>
      <p className={styles["words"]}>
        <Trans>
          Sign in again to go on. You come back to this page, and what you have typed is kept.
        </Trans>
      </p>
      <DialogActions>
        <Button onPress={() => setIsOpen(false)}>
          <Trans>Later</Trans>
        </Button>
        <Button look="primary" autoFocus onPress={signIn}>
          <Trans>Sign in again</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
