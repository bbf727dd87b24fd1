import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronLeft, ChevronRight, Pencil } from "lucide-react";
import { memo, useRef, useState } from "react";
import { SentFiles } from "../attachments/sent-files.tsx";
import { IconButton } from "../ui/button.tsx";
import { AnswerView } from "./answer-view.tsx";
import type { OpenedState } from "./opened.ts";
import { QuestionForm } from "./question-form.tsx";
import styles from "./turn-view.module.css";
import type { Turn } from "./turns.ts";
import { useNearness } from "./use-nearness.ts";
import type { TurnActions } from "./use-turn-actions.ts";

interface TurnViewProps {
  turn: Turn;
  isLast: boolean;
  /** A question is being answered: nothing else can be asked. */
  isBusy: boolean;
  actions: TurnActions;
  open: OpenedState["open"];
  /** Position of the citation of this turn that is open; null: how it was answered is; undefined: nothing of it. */
  openIndex: number | null | undefined;
}

/** A turn that has not come near to what is visible is its words only: a long conversation opens as fast as a short one. */
export const TurnView = memo(function TurnView({ isBusy, ...props }: TurnViewProps) {
  const { turn, isLast } = props;
  const place = useRef<HTMLElement>(null);
  const { isNear, wasNear } = useNearness(place, isLast);
  const id = `question-${turn.key}`;
  return (
    <article ref={place} className={styles["turn"]} aria-labelledby={id} data-last={isLast}>
      {wasNear || isLast ? (
        // Nobody sees what is far away: it need not be drawn anew when a question is being answered.
        <DrawnTurn {...props} id={id} isBusy={isBusy && (isNear || isLast)} />
      ) : (
        <Words turn={turn} id={id} />
      )}
    </article>
  );
});

/** A turn that nobody looks at yet: for the browser's own search and for screen readers. */
export function TurnWords({ turn }: { turn: Turn }) {
  const id = `question-${turn.key}`;
  return (
    <article className={styles["turn"]} aria-labelledby={id}>
      <Words turn={turn} id={id} />
    </article>
  );
}

function Words({ turn, id }: { turn: Turn; id: string }) {
  return (
    <>
      <h2 id={id} className={styles["question"]} dir="auto">
        {turn.question}
      </h2>
      <div className={styles["words"]} dir="auto">
        {turn.answer?.text.replaceAll(MARKER, "")}
      </div>
    </>
  );
}

const MARKER = /\s*\[doc\d+\]/gu;

const DrawnTurn = memo(function DrawnTurn(props: TurnViewProps & { id: string }) {
  const { id, turn, isLast, isBusy, actions, open, openIndex } = props;
  const [isEditing, setIsEditing] = useState(false);
  return (
    <>
      {isEditing ? (
        <QuestionForm
          question={turn.question}
          cancel={() => setIsEditing(false)}
          save={(question) => {
            setIsEditing(false);
            actions.edit(turn, question);
          }}
        />
      ) : (
        <header className={styles["head"]}>
          <h2 id={id} className={styles["question"]} dir="auto">
            {turn.question}
          </h2>
          <SentFiles files={turn.files} />
          <QuestionTools
            turn={turn}
            isBusy={isBusy}
            edit={() => setIsEditing(true)}
            choose={actions.choose}
          />
        </header>
      )}
      {turn.answer === null ? (
        <Unanswered again={() => actions.again(turn)} isBusy={isBusy} />
      ) : (
        <AnswerView
          turn={turn}
          answer={turn.answer}
          isLast={isLast}
          isBusy={isBusy}
          actions={actions}
          open={open}
          openIndex={openIndex ?? null}
        />
      )}
    </>
  );
});

function QuestionTools({
  turn: { versions, version },
  isBusy,
  edit,
  choose,
}: {
  turn: Turn;
  isBusy: boolean;
  edit: () => void;
  choose: TurnActions["choose"];
}) {
  const { t } = useLingui();
  const [before, after] = [versions[version - 1], versions[version + 1]];
  const [number, count] = [version + 1, Math.max(versions.length, version + 1)];
  return (
    <div className={styles["tools"]}>
      <IconButton label={t`Edit the question`} icon={Pencil} isDisabled={isBusy} onPress={edit} />
      {count < 2 ? null : (
        <div role="group" aria-label={t`Versions`} className={styles["versions"]}>
          <IconButton
            label={t`Previous version`}
            icon={ChevronLeft}
            isDisabled={isBusy || before === undefined}
            onPress={() => before !== undefined && choose(before)}
          />
          <span className={styles["count"]}>{t`${number} of ${count}`}</span>
          <IconButton
            label={t`Next version`}
            icon={ChevronRight}
            isDisabled={isBusy || after === undefined}
            onPress={() => after !== undefined && choose(after)}
          />
        </div>
      )}
    </div>
  );
}

function Unanswered({ again, isBusy }: { again: () => void; isBusy: boolean }) {
  return (
    <p className={styles["unanswered"]}>
      <Trans>This question has no answer yet.</Trans>{" "}
      {isBusy ? null : (
        <button type="button" className={styles["link"]} onClick={again}>
          <Trans>Ask again</Trans>
        </button>
      )}
    </p>
  );
}
