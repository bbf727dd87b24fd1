import { useLingui } from "@lingui/react/macro";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { copyFormulas } from "../markdown/formulas/copy-formulas.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import type { OpenedState } from "./opened.ts";
import { SpokenAnswer } from "./spoken-answer.tsx";
import styles from "./thread.module.css";
import type { Turn } from "./turns.ts";
import { TurnView } from "./turn-view.tsx";
import { NearnessContext, useWatchedScroller } from "./use-nearness.ts";
import type { TurnActions } from "./use-turn-actions.ts";
import { useStickToEnd } from "./use-stick-to-end.ts";

interface ThreadProps {
  turns: Turn[];
  actions: TurnActions;
  opened: OpenedState;
  isBusy: boolean;
}

/** Questions as headings, answers as text below them: a conversation reads like a document. */
export function Thread({ turns, actions, opened, isBusy }: ThreadProps): ReactNode {
  const { t } = useLingui();
  const scroller = useRef<HTMLDivElement>(null);
  const last = turns.at(-1);
  const { isAtEnd, goToEnd } = useStickToEnd(scroller, turns.length);
  const watch = useWatchedScroller(scroller);
  const openId = opened.opened?.answer.id ?? null;
  return (
    <div className={styles["frame"]}>
      {last === undefined ? null : <SpokenAnswer turn={last} />}
      <div ref={scroller} className={styles["scroll"]} tabIndex={-1}>
        <div
          className={styles["thread"]}
          role="log"
          aria-live="off"
          aria-label={t`Conversation`}
          onCopy={copyFormulas}
        >
          <NearnessContext value={watch}>
            {turns.map((turn, index) => (
              <TurnView
                // Its place, not its id: a turn stays the same one when the server has kept it.
                key={index}
                turn={turn}
                isLast={turn === last}
                isBusy={isBusy}
                actions={actions}
                open={opened.open}
                openIndex={
                  openId !== null && openId === turn.answer?.id ? opened.opened?.index : undefined
                }
              />
            ))}
          </NearnessContext>
        </div>
      </div>
      {isAtEnd ? null : (
        <div className={styles["jump"]}>
          <Button look="outlined" onPress={goToEnd}>
            <Icon of={ArrowDown} />
            {t`Jump to the end`}
          </Button>
        </div>
      )}
    </div>
  );
}
