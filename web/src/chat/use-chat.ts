import { useCallback, useRef, useState } from "react";

import { connect } from "../session.ts";
import { changed, messagesOf, type Turn, type TurnChange } from "./turns.ts";

export interface Chat {
  turns: Turn[];
  isBusy: boolean;
  ask: (question: string, storeId: string) => void;
  stop: () => void;
  clear: () => void;
}

export function useChat(): Chat {
  const [turns, setTurns] = useState<Turn[]>([]);
  const running = useRef<AbortController | null>(null);
  const nextId = useRef(1);

  const ask = useCallback(
    (question: string, storeId: string) => {
      const id = nextId.current++;
      const controller = new AbortController();
      running.current = controller;
      const change = (update: TurnChange): void =>
        setTurns((all) => all.map((turn) => (turn.id === id ? changed(turn, update) : turn)));
      const messages = messagesOf(turns, question);
      setTurns((all) => [
        ...all,
        { id, question, answer: "", citations: [], status: "searching", error: null },
      ]);
      void stream({ messages, storeId, controller, change }).finally(() => {
        if (running.current === controller) running.current = null;
      });
    },
    [turns],
  );

  return {
    turns,
    isBusy: turns.some(({ status }) => status === "searching" || status === "answering"),
    ask,
    stop: () => running.current?.abort(),
    clear: () => setTurns([]),
  };
}

async function stream({
  messages,
  storeId,
  controller,
  change,
}: {
  messages: { role: string; content: string }[];
  storeId: string;
  controller: AbortController;
  change: (update: TurnChange) => void;
}): Promise<void> {
  try {
    const chunks = connect(controller.signal).chat({
      model: "groundwire",
      messages,
      data_sources: [{ type: "file_search", parameters: { vector_store_id: storeId } }],
    });
    for await (const { choices } of chunks) {
      const delta = choices[0]?.delta;
      if (delta?.context) change({ citations: delta.context.citations, status: "answering" });
      if (delta?.content) change({ more: delta.content, status: "answering" });
    }
    change({ status: "done" });
  } catch (error) {
    if (controller.signal.aborted) change({ status: "stopped" });
    else
      change({ status: "failed", error: error instanceof Error ? error.message : String(error) });
  }
}
