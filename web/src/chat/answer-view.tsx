import { Trans, useLingui } from "@lingui/react/macro";
import { memo, type ReactNode, useCallback, useMemo } from "react";
import { AnswerText, CitationContext, useParsedAnswer } from "../markdown/answer-text.tsx";
import type { CitationNode } from "../markdown/cited-text.ts";
import { Button } from "../ui/button.tsx";
import { AnswerActions } from "./answer-actions.tsx";
import { AnswerError } from "./answer-error.tsx";
import { AnswerStatus } from "./answer-status.tsx";
import styles from "./answer-view.module.css";
import { CodeSteps } from "./code-steps.tsx";
import { Marker, MarkerContext } from "./marker.tsx";
import type { OpenedState } from "./opened.ts";
import { Reasoning } from "./reasoning.tsx";
import { References } from "./references.tsx";
import { isRunning, type ShownAnswer } from "./shown-answer.ts";
import { Suggestions } from "./suggestions.tsx";
import type { Turn } from "./turns.ts";
import { useNewestWords } from "./use-chat.ts";
import type { TurnActions } from "./use-turn-actions.ts";

interface AnswerViewProps {
  turn: Turn;
  /** That of the turn, which may have gone on since. */
  answer: ShownAnswer;
  isLast: boolean;
  isBusy: boolean;
  actions: TurnActions;
  open: OpenedState["open"];
  /** Position of its citation that is open. */
  openIndex: number | null;
}

const NONE_YET: number[] = [];
const drawMarker = (node: CitationNode): ReactNode => <Marker node={node} />;

export const AnswerView = memo(function AnswerView(props: AnswerViewProps) {
  const { turn, isLast, isBusy, actions, open: openAnswer, openIndex } = props;
  const answer = useNewestWords(turn) ?? props.answer;
  const isDone = !isRunning(answer);
  const { id, citations } = answer;
  const open = useCallback((index: number) => openAnswer({ id }, index), [openAnswer, id]);
  const markers = useMemo(() => ({ citations, openIndex, open }), [citations, openIndex, open]);
  const parsed = useParsedAnswer(answer.text, citations.length, isDone);
  const order = isDone ? parsed.order : NONE_YET;
  return (
    <div className={styles["answer"]} aria-busy={!isDone}>
      <AnswerStatus
        status={answer.status}
        passages={citations.length}
        milliseconds={answer.milliseconds}
      />
      {answer.reasoning === "" ? null : <Reasoning answer={answer} />}
      <CodeSteps steps={answer.steps} />
      <MarkerContext value={markers}>
        <CitationContext value={drawMarker}>
          <AnswerText blocks={parsed.blocks} />
        </CitationContext>
      </MarkerContext>
      {answer.status === "failed" ? (
        <AnswerError error={answer.error} retry={isBusy ? null : () => actions.again(turn)} />
      ) : null}
      <References answer={answer} order={order} openIndex={openIndex} open={open} />
      {isDone ? <CutOff answer={answer} actions={isLast && !isBusy ? actions : null} /> : null}
      {isDone && answer.status !== "failed" ? (
        <AnswerActions
          turn={turn}
          answer={answer}
          order={order}
          isBusy={isBusy}
          actions={actions}
          explain={() => openAnswer(answer, null)}
        />
      ) : null}
      {isLast && !isBusy && order.length > 0 ? (
        <Suggestions answer={answer} order={order} ask={actions.ask} />
      ) : null}
    </div>
  );
});

/** An answer that ended too early, and how to go on. */
function CutOff({ answer, actions }: { answer: ShownAnswer; actions: TurnActions | null }) {
  const { t } = useLingui();
  const isCut = answer.finishReason === "length";
  if (!isCut && answer.status !== "stopped") return null;
  return (
    <p className={styles["cut"]}>
      {isCut ? (
        <Trans>The answer was cut off: it reached the longest length allowed.</Trans>
      ) : (
        <Trans>Stopped.</Trans>
      )}
      {actions !== null && answer.text !== "" ? (
        <Button look="outlined" onPress={() => actions.ask(t`Please continue where you stopped.`)}>
          <Trans>Continue</Trans>
        </Button>
      ) : null}
    </p>
  );
}
