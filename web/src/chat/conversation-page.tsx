import { Trans, useLingui } from "@lingui/react/macro";
import { lazy, Suspense, useCallback, useEffect } from "react";
import { usePageName } from "../app/abilities.ts";
import { DropHint } from "../attachments/drop-hint.tsx";
import { useFileDrop } from "../attachments/use-file-drop.ts";
import { BayFrame } from "../app/bay-frame.tsx";
import { Composer } from "../composer/composer.tsx";
import styles from "./conversation-page.module.css";
import { ConversationBar } from "./conversation-bar.tsx";
import { useOpened } from "./opened.ts";
import { Thread } from "./thread.tsx";
import { LoadBoundary } from "../ui/load-boundary.tsx";
import { useAsking } from "./use-asking.ts";
import { useChat, useChats } from "./use-chat.ts";
import { useTurnActions } from "./use-turn-actions.ts";
import { Welcome } from "./welcome.tsx";
import { Wire } from "../wire/wire.tsx";

const Bay = lazy(async () => ({ default: (await import("../viewer/bay.tsx")).Bay }));

/** A conversation, and the source that is open beside it. Null: one that has not begun. */
export function ConversationPage({ id }: { id: string | null }) {
  const { t } = useLingui();
  const chats = useChats();
  const chat = useChat(id);
  const asking = useAsking(id, chat.kept);
  const actions = useTurnActions({ id, kept: chat.kept, asking });
  const drop = useFileDrop(asking.attached.add);
  const opened = useOpened(chat.turns);
  const isEmpty = chat.turns.length === 0 && !chat.isLoading && chat.error === null;
  const title = chat.kept?.title ?? chat.live?.question;
  const pageName = usePageName();
  useEffect(() => {
    document.title = title === undefined ? pageName : `${title} – ${pageName}`;
  }, [title, pageName]);

  const stop = useCallback(() => {
    if (id !== null) chats.stop(id);
  }, [chats, id]);

  const disabledBecause =
    asking.isReady && asking.chosen.length === 0 && asking.models.length === 0
      ? t`There is nothing to ask yet: choose a source, or add documents first.`
      : null;
  const composer = (
    <Composer
      conversationId={id}
      asking={asking}
      isBusy={chat.isBusy}
      disabledBecause={disabledBecause}
      stop={stop}
    />
  );
  return (
    <div className={styles["page"]}>
      <main className={styles["conversation"]} {...drop.handlers}>
        {drop.isOver ? <DropHint /> : null}
        <ConversationBar conversation={chat.kept ?? null} title={title ?? null} />
        {chat.error === null ? null : <LoadError message={chat.error.message} />}
        {isEmpty ? (
          <Welcome asking={asking}>{composer}</Welcome>
        ) : (
          <>
            <Thread turns={chat.turns} actions={actions} opened={opened} isBusy={chat.isBusy} />
            <div className={styles["foot"]}>{composer}</div>
          </>
        )}
      </main>
      {opened.opened === null ? null : (
        <BayFrame close={opened.close}>
          <LoadBoundary>
            <Suspense fallback={<div aria-busy="true" />}>
              <Bay {...opened.opened} conversationId={id} open={opened.open} close={opened.close} />
            </Suspense>
          </LoadBoundary>
        </BayFrame>
      )}
      {opened.opened === null || opened.opened.index === null ? null : (
        <Wire opened={`${opened.opened.answer.id}.${opened.opened.index}`} />
      )}
    </div>
  );
}

function LoadError({ message }: { message: string }) {
  return (
    <p className={styles["error"]} role="alert">
      <Trans>The conversation could not be opened: {message}</Trans>
    </p>
  );
}
