import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { useAnnounce } from "../app/announcer.tsx";
import { connect } from "../session.ts";
import { refreshConversations } from "../conversations/use-conversations.ts";
import { conversationKey } from "../conversations/conversation-key.ts";
import type { Asking } from "./use-asking.ts";
import { useChats } from "./use-chat.ts";
import { leafUnder, type Turn, unanswered } from "./turns.ts";
import type { KeptConversation } from "../../../src/client/conversation-calls.ts";

export interface TurnActions {
  /** The same question, another answer. */
  again: (turn: Turn) => void;
  /** Another question in its place. */
  edit: (turn: Turn, question: string) => void;
  /** A further question. */
  ask: (question: string) => void;
  /** Shows another version of a question or its answer. */
  choose: (version: string) => void;
  /** A conversation of its own up to this answer. */
  fork: (messageId: string) => void;
  judge: (messageId: string, judgement: Judgement | null) => Promise<void>;
}

export interface Judgement {
  thumb: "up" | "down";
  reasons: string[];
  text: string | null;
}

export function useTurnActions({
  id,
  kept,
  asking,
}: {
  id: string | null;
  kept: KeptConversation | undefined;
  asking: Asking;
}): TurnActions {
  const { t } = useLingui();
  const announce = useAnnounce();
  const queries = useQueryClient();
  const chats = useChats();
  const [, navigate] = useLocation();
  return useMemo(() => {
    const reload = (): Promise<void> =>
      queries.invalidateQueries({ queryKey: conversationKey(id ?? "") });
    const orSay = (work: Promise<unknown>, words: string): void =>
      void work.catch(() => announce(words));

    async function fork(messageId: string): Promise<void> {
      const made = await connect().forkConversation(id ?? "", messageId);
      await refreshConversations(queries);
      navigate(`/c/${made.id}`);
    }

    async function choose(version: string): Promise<void> {
      const leaf = leafUnder(kept?.messages ?? [], version);
      chats.dismiss(id ?? "");
      queries.setQueryData<KeptConversation>(conversationKey(id ?? ""), (shown) =>
        shown === undefined ? shown : { ...shown, leaf_message_id: leaf },
      );
      await connect().changeConversation(id ?? "", { leaf_message_id: leaf });
    }

    /** A question may have been kept although its answer never came; and others may have been asked since. */
    async function again({ question, questionId, parentId }: Turn): Promise<void> {
      if (questionId !== null) {
        return asking.send({ question, questionId, parentId, isNext: false });
      }
      const isNext = chats.live(id ?? "")?.isNext ?? false;
      await reload();
      const fresh = queries.getQueryData<KeptConversation>(conversationKey(id ?? ""));
      const arrived = unanswered(fresh?.messages ?? [], { question, parentId });
      const place = isNext && arrived === null ? (fresh?.leaf_message_id ?? null) : parentId;
      return asking.send({
        question,
        questionId: arrived,
        parentId: place,
        isNext: isNext && arrived === null,
      });
    }

    return {
      again: (turn) => orSay(again(turn), t`The question could not be sent.`),
      edit: ({ parentId }, question) =>
        orSay(
          asking.send({ question, questionId: null, parentId, isNext: false }),
          t`The question could not be sent.`,
        ),
      ask: (question) => orSay(asking.ask(question), t`The question could not be sent.`),
      choose: (version) => orSay(choose(version), t`The version could not be shown.`),
      fork: (messageId) => orSay(fork(messageId), t`The conversation could not be branched.`),
      async judge(messageId, judgement) {
        const client = connect();
        await (judgement === null
          ? client.takeBackJudgement(id ?? "", messageId)
          : client.judge(id ?? "", messageId, judgement));
        await reload();
      },
    };
  }, [t, announce, queries, chats, navigate, id, kept, asking]);
}
