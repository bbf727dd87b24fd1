import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { createAnswerParser } from "../markdown/answer-parser.ts";
import { wordsOf } from "../markdown/answer-tree.ts";
import { isRunning } from "./shown-answer.ts";
import type { Turn } from "./turns.ts";
import { useNewestWords } from "./use-chat.ts";

/** Not more often than this: a screen reader that is interrupted says nothing. Milliseconds. */
const PAUSE_MS = 1500;

/** Reads a growing answer out by whole sentences: a live region on the text itself would read every token. */
export function SpokenAnswer({ turn }: { turn: Turn }) {
  const { t, i18n } = useLingui();
  const [words, setWords] = useState("");
  const answer = useNewestWords(turn);
  const citations = answer?.citations.length ?? 0;
  const latest = useRef(answer);
  latest.current = answer;
  const isLive = turn.liveIn !== null;
  // Goes on after the last word has come, until it has been said.
  const [isActive, setIsActive] = useState(isLive);
  if (isLive && !isActive) setIsActive(true);

  useEffect(() => {
    if (!isActive) return;
    const segmenter = new Intl.Segmenter(i18n.locale, { granularity: "sentence" });
    const parser = createAnswerParser(citations);
    let said = 0;
    const timer = setInterval(() => {
      const text = latest.current?.text ?? "";
      const isDone = latest.current === null || !isRunning(latest.current);
      const spoken = parser
        .parse(text, isDone)
        .blocks.map(({ nodes }) => wordsOf(nodes, ({ number }) => ` (${t`source ${number}`})`))
        .join("\n");
      // Another answer has begun.
      if (spoken.length < said) said = 0;
      const sentences = [...segmenter.segment(spoken.slice(said))].map(({ segment }) => segment);
      // The last one may still grow.
      const whole = (isDone ? sentences : sentences.slice(0, -1)).join("");
      said += whole.length;
      if (whole.trim() !== "") setWords(whole);
      if (isDone) setIsActive(false);
    }, PAUSE_MS);
    return () => clearInterval(timer);
  }, [isActive, i18n.locale, t, citations]);

  return (
    <p className="visually-hidden" aria-live="polite">
      {words}
    </p>
  );
}
