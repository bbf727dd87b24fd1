import {
  type CSSProperties,
  memo,
  type ReactNode,
  useContext,
  useDeferredValue,
  useRef,
} from "react";
import type { OpenedState } from "./opened.ts";
import styles from "./turn-group.module.css";
import type { Turn } from "./turns.ts";
import { TurnView, TurnWords } from "./turn-view.tsx";
import { NearnessContext, useNearness } from "./use-nearness.ts";
import type { TurnActions } from "./use-turn-actions.ts";

interface TurnGroupProps {
  turns: Turn[];
  /** It ends the conversation. */
  isLast: boolean;
  isBusy: boolean;
  actions: TurnActions;
  opened: OpenedState["opened"];
  open: OpenedState["open"];
}

/** Turns that follow each other. As long as they are far away the browser has one thing to watch, and none to lay out. */
export const TurnGroup = memo(function TurnGroup(props: TurnGroupProps): ReactNode {
  const { turns, isLast, isBusy, actions, opened, open } = props;
  const place = useRef<HTMLDivElement>(null);
  const watch = useContext(NearnessContext);
  const { isNear, wasNear } = useNearness(place, isLast);
  // What is seen at once comes first.
  const hasWords = useDeferredValue(true, false);
  // Its length stands for that of turns nobody has seen yet.
  const length = { "--turns": turns.length } as CSSProperties; // their type knows no custom properties
  return (
    <div ref={place} className={styles["group"]} data-last={isLast} style={length}>
      <NearnessContext value={isNear || isLast ? watch : null}>
        {wasNear || isLast
          ? turns.map((turn, index) => (
              <TurnView
                // Its place, not its id: a turn stays the same one when the server has kept it.
                key={index}
                turn={turn}
                isLast={isLast && index === turns.length - 1}
                isBusy={isBusy}
                actions={actions}
                open={open}
                openIndex={
                  opened !== null && opened.answer.id === turn.answer?.id ? opened.index : undefined
                }
              />
            ))
          : hasWords
            ? turns.map((turn, index) => <TurnWords key={index} turn={turn} />)
            : null}
      </NearnessContext>
    </div>
  );
}, areSame);

function areSame({ turns, ...before }: TurnGroupProps, after: TurnGroupProps): boolean {
  // The keys are those of the type.
  const keys = Object.keys(before) as (keyof typeof before)[];
  return (
    keys.every((key) => before[key] === after[key]) &&
    turns.length === after.turns.length &&
    turns.every((turn, index) => turn === after.turns[index])
  );
}
