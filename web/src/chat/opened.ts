import { useCallback, useMemo, useRef } from "react";
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
  open: (answer: Pick<ShownAnswer, "id">, index: number | null) => void;
  /** The focus goes back to what opened it. */
  close: () => void;
}

const PARAMETER = "source";

/** Which source is open stands in the address: a reload or a link shows it again. */
export function useOpened(turns: Turn[]): OpenedState {
  const [parameters, setParameters] = useSearchParams();
  const opener = useRef<HTMLElement | null>(null);
  const { answer, index } = find(turns, parameters.get(PARAMETER));
  const opened = useMemo(() => (answer === null ? null : { answer, index }), [answer, index]);

  const open = useCallback(
    ({ id }: Pick<ShownAnswer, "id">, index: number | null) => {
      if (id === null) return;
      const { activeElement } = document;
      opener.current = activeElement instanceof HTMLElement ? activeElement : null;
      const value = index === null ? id : `${id}.${index + 1}`;
      setParameters({ [PARAMETER]: value }, { replace: true });
    },
    [setParameters],
  );
  const close = useCallback(() => {
    setParameters({}, { replace: true });
    const element = opener.current;
    requestAnimationFrame(() => element?.focus());
  }, [setParameters]);
  return useMemo(() => ({ opened, open, close }), [opened, open, close]);
}

const NOTHING = { answer: null, index: null };

function find(turns: Turn[], value: string | null): Opened | typeof NOTHING {
  if (value === null) return NOTHING;
  const [id, number] = value.split(".");
  const answer = turns.find((turn) => turn.answer?.id === id)?.answer;
  if (!answer) return NOTHING;
  if (number === undefined) return { answer, index: null };
  const index = Number(number) - 1;
  return answer.citations[index] === undefined ? NOTHING : { answer, index };
}
