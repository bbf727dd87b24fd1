import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronLeft, ChevronRight, Pencil } from "lucide-react";
import { memo, useState } from "react";
import { IconButton } from "../ui/button.tsx";
import { AnswerView } from "./answer-view.tsx";
import type { OpenedState } from "./opened.ts";
import { QuestionForm } from "./question-form.tsx";
import styles from "./turn-view.module.css";
import type { Turn } from "./turns.ts";
import type { TurnActions } from "./use-turn-actions.ts";

interface TurnViewProps {
  turn: Turn;
  isLast: boolean;
  /** A question is being answered: nothing else can be asked. */
  isBusy: boolean;
  actions: TurnActions;
  opened: OpenedState;
}

export const TurnView = memo(function TurnView(props: TurnViewProps) {
  const { turn, isLast, isBusy, actions, opened } = props;
  const [isEditing, setIsEditing] = useState(false);
  const id = `question-${turn.key}`;
  return (
    <article className={styles["turn"]} aria-labelledby={id} data-last={isLast}>
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
          opened={opened}
        />
      )}
    </article>
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
      <Trans>This question has no answer.</Trans>{" "}
      {isBusy ? null : (
        <button type="button" className={styles["link"]} onClick={again}>
          <Trans>Ask again</Trans>
        </button>
      )}
    </p>
  );
}
