import { useLingui } from "@lingui/react/macro";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useMemo, useRef } from "react";
import { copyFormulas } from "../markdown/formulas/copy-formulas.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import type { OpenedState } from "./opened.ts";
import { SpokenAnswer } from "./spoken-answer.tsx";
import styles from "./thread.module.css";
import { AskedContext } from "./suggestions.tsx";
import type { Turn } from "./turns.ts";
import { TurnGroup } from "./turn-group.tsx";
import { NearnessContext, useWatchedScroller } from "./use-nearness.ts";
import type { TurnActions } from "./use-turn-actions.ts";
import { useStickToEnd } from "./use-stick-to-end.ts";

interface ThreadProps {
  turns: Turn[];
  actions: TurnActions;
  opened: OpenedState;
  isBusy: boolean;
}

/** Turns that are watched and laid out together. */
const TOGETHER = 10;

/** Questions as headings, answers as text below them: a conversation reads like a document. */
export function Thread({ turns, actions, opened, isBusy }: ThreadProps): ReactNode {
  const { t } = useLingui();
  const scroller = useRef<HTMLDivElement>(null);
  const last = turns.at(-1);
  const asked = useMemo(() => turns.map(({ question }) => question), [turns]);
  const { isAtEnd, goToEnd } = useStickToEnd(scroller, turns.length);
  const watch = useWatchedScroller(scroller);
  const groups = useMemo(() => groupsOf(turns), [turns]);
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
          <AskedContext value={asked}>
            <NearnessContext value={watch}>
              {groups.map((group, index) => (
                <TurnGroup
                  key={index}
                  turns={group}
                  isLast={index === groups.length - 1}
                  isBusy={isBusy}
                  actions={actions}
                  opened={opened.opened}
                  open={opened.open}
                />
              ))}
            </NearnessContext>
          </AskedContext>
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

function groupsOf(turns: Turn[]): Turn[][] {
  return Array.from({ length: Math.ceil(turns.length / TOGETHER) }, (_, index) =>
    turns.slice(index * TOGETHER, (index + 1) * TOGETHER),
  );
}
