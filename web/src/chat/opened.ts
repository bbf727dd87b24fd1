import { useCallback, useRef } from "react";
import { useSearchParams } from "wouter";
import type { ShownAnswer } from "./shown-answer.ts";
import type { Turn } from "./turns.ts";

/** What the bay shows: an answer, and one of its citations. */
export interface Opened {
  answer: ShownAnswer;
  /** Position in `answer.citations`; null: no passage, only how the answer came to be. */
  index: number | null;
}

export interface OpenedState {
  opened: Opened | null;
  open: (answer: ShownAnswer, index: number | null) => void;
  /** The focus goes back to what opened it. */
  close: () => void;
}

const PARAMETER = "source";

/** Which source is open stands in the address: a reload or a link shows it again. */
export function useOpened(turns: Turn[]): OpenedState {
  const [parameters, setParameters] = useSearchParams();
  const opener = useRef<HTMLElement | null>(null);
  const opened = find(turns, parameters.get(PARAMETER));

  const open = useCallback(
    (answer: ShownAnswer, index: number | null) => {
      if (answer.id === null) return;
      const { activeElement } = document;
      opener.current = activeElement instanceof HTMLElement ? activeElement : null;
      const value = index === null ? answer.id : `${answer.id}.${index + 1}`;
      setParameters({ [PARAMETER]: value }, { replace: true });
    },
    [setParameters],
  );
  const close = useCallback(() => {
    setParameters({}, { replace: true });
    const element = opener.current;
    requestAnimationFrame(() => element?.focus());
  }, [setParameters]);
  return { opened, open, close };
}

function find(turns: Turn[], value: string | null): Opened | null {
  if (value === null) return null;
  const [id, number] = value.split(".");
  const answer = turns.find((turn) => turn.answer?.id === id)?.answer;
  if (!answer) return null;
  if (number === undefined) return { answer, index: null };
  const index = Number(number) - 1;
  return answer.citations[index] === undefined ? null : { answer, index };
}
