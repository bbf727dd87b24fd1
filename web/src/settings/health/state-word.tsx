import { Trans } from "@lingui/react/macro";
import { Check, CircleX, type LucideIcon, Minus, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { CheckStatus } from "../../../../src/protocol/diagnosis.ts";
import { Icon } from "../../ui/icon.tsx";
import styles from "./health.module.css";

const ICONS: Record<CheckStatus, LucideIcon> = {
  ok: Check,
  warning: TriangleAlert,
  failed: CircleX,
  skipped: Minus,
};

interface StateWordProps {
  state: CheckStatus;
  /** Instead of the state's own word. */
  words?: ReactNode;
}

/** A state by icon, colour and word. */
export function StateWord({ state, words }: StateWordProps) {
  return (
    <span className={styles["state"]} data-state={state}>
      <Icon of={ICONS[state]} />
      <span>{words ?? <Word state={state} />}</span>
    </span>
  );
}

function Word({ state }: { state: CheckStatus }) {
  switch (state) {
    case "ok":
      return <Trans>Works</Trans>;
    case "warning":
      return <Trans>Needs care</Trans>;
    case "failed":
      return <Trans>Broken</Trans>;
    case "skipped":
      return <Trans>Not known</Trans>;
  }
}
