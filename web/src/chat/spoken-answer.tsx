import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { createAnswerParser } from "../markdown/answer-parser.ts";
import { wordsOf } from "../markdown/answer-tree.ts";
import { isRunning, type ShownAnswer } from "./shown-answer.ts";

/** Not more often than this: a screen reader that is interrupted says nothing. Milliseconds. */
const PAUSE_MS = 1500;

/** Reads a growing answer out by whole sentences: a live region on the text itself would read every token. */
export function SpokenAnswer({ answer }: { answer: ShownAnswer }) {
  const { t, i18n } = useLingui();
  const [words, setWords] = useState("");
  const latest = useRef(answer);
  latest.current = answer;
  const wasRunning = useRef(isRunning(answer));
  const isActive = isRunning(answer) || wasRunning.current;

  useEffect(() => {
    if (!isActive) return;
    const segmenter = new Intl.Segmenter(i18n.locale, { granularity: "sentence" });
    const parser = createAnswerParser(latest.current.citations.length);
    let said = 0;
    const timer = setInterval(() => {
      const { text } = latest.current;
      const isDone = !isRunning(latest.current);
      const spoken = parser
        .parse(text, isDone)
        .blocks.map(({ nodes }) => wordsOf(nodes, ({ number }) => ` (${t`source ${number}`})`))
        .join("\n");
      const sentences = [...segmenter.segment(spoken.slice(said))].map(({ segment }) => segment);
      // The last one may still grow.
      const whole = (isDone ? sentences : sentences.slice(0, -1)).join("");
      said += whole.length;
      if (whole.trim() !== "") setWords(whole);
      if (isDone) {
        wasRunning.current = false;
        clearInterval(timer);
      }
    }, PAUSE_MS);
    return () => clearInterval(timer);
  }, [isActive, i18n.locale, t, answer.citations.length]);

  return (
    <p className="visually-hidden" aria-live="polite">
      {words}
    </p>
  );
}
