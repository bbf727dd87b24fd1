import { useLingui } from "@lingui/react/macro";
import type { DiagnosedBody } from "../../../../src/protocol/diagnosis.ts";
import { Target } from "./target.tsx";
import type { DiagnosedTarget } from "./use-diagnosis.ts";
import styles from "./health.module.css";

interface TargetGroupsProps {
  targets: DiagnosedTarget[];
  /** Also those that work. */
  areAllOpen: boolean;
  isRunning: boolean;
}

const KINDS = ["server", "request", "deployment", "embedding", "source"] as const;

/** What was looked at: this machine, the models, the sources. */
export function TargetGroups({ targets, areAllOpen, isRunning }: TargetGroupsProps) {
  const titles = useKindWords();
  return KINDS.map((kind) => {
    const own = targets.filter((target) => target.kind === kind);
    return own.length === 0 ? null : (
      <section key={kind} className={styles["group"]} aria-labelledby={`health-${kind}`}>
        <h3 id={`health-${kind}`} className={styles["kind"]}>
          {titles[kind]}
        </h3>
        <ul className={styles["targets"]}>
          {own.map((target) => (
            <li key={`${target.name} ${target.type ?? ""}`}>
              <Target of={target} isOpen={areAllOpen} isRunning={isRunning} />
            </li>
          ))}
        </ul>
      </section>
    );
  });
}

function useKindWords(): Record<DiagnosedBody["kind"], string> {
  const { t } = useLingui();
  return {
    server: t`This server`,
    request: t`The request`,
    deployment: t`Deployments`,
    embedding: t`Embeddings`,
    source: t`Sources`,
  };
}
