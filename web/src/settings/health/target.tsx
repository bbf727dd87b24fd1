import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronRight } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import type { CheckBody } from "../../../../src/protocol/diagnosis.ts";
import { Icon } from "../../ui/icon.tsx";
import { useCheckWords } from "./check-words.ts";
import { StateWord } from "./state-word.tsx";
import type { DiagnosedTarget } from "./use-diagnosis.ts";
import styles from "./health.module.css";

interface TargetProps {
  of: DiagnosedTarget;
  isOpen: boolean;
  isRunning: boolean;
}

/** One thing that was looked at. It opens by itself where something needs care. */
export function Target({ of: { kind, name, type, found }, isOpen, isRunning }: TargetProps) {
  const { t } = useLingui();
  const needsCare = found !== null && found.status !== "ok";
  const [isExpanded, setIsExpanded] = useState(isOpen || needsCare);
  useEffect(() => setIsExpanded(isOpen || needsCare), [isOpen, needsCare]);
  const shown = kind === "server" ? t`Configuration and machine` : name;
  if (found === null) {
    return (
      <div className={styles["waiting"]}>
        <Names name={shown} type={type} />
        {isRunning ? (
          <span className={styles["looking"]}>
            <span className={styles["dot"]} aria-hidden="true" />
            <Trans>Looking</Trans>
          </span>
        ) : (
          <StateWord state="skipped" />
        )}
      </div>
    );
  }
  return (
    <Disclosure
      className={styles["target"] ?? ""}
      data-state={found.status}
      isExpanded={isExpanded}
      onExpandedChange={setIsExpanded}
    >
      <Heading level={4} className={styles["handle"] ?? ""}>
        <Button slot="trigger" className={styles["opener"] ?? ""}>
          <span className={styles["arrow"]}>
            <Icon of={ChevronRight} />
          </span>
          <Names name={shown} type={type} />
          <StateWord state={found.status} />
        </Button>
      </Heading>
      <DisclosurePanel>
        <ul className={styles["checks"]}>
          {found.checks.map((check) => (
            <Check key={check.name} of={check} />
          ))}
        </ul>
      </DisclosurePanel>
    </Disclosure>
  );
}

function Names({ name, type }: { name: string; type: string | null }) {
  return (
    <span className={styles["names"]}>
      <bdi className={styles["name"]}>{name}</bdi>
      {type === null ? null : <bdi className={styles["type"]}>{type}</bdi>}
    </span>
  );
}

function Check({ of: { name, status, ms, detail, next_step: nextStep } }: { of: CheckBody }) {
  const { i18n } = useLingui();
  const words = useCheckWords();
  return (
    <li className={styles["check"]} data-state={status}>
      <span className={styles["what"]}>
        <span>{words[name]}</span>
        <StateWord state={status} />
      </span>
      <span className={styles["findings"]}>
        <span className={styles["detail"]}>
          <bdi>{detail}</bdi>
        </span>
        {ms === 0 ? null : (
          <span className={styles["time"]}>
            {i18n.number(ms, { style: "unit", unit: "millisecond", unitDisplay: "short" })}
          </span>
        )}
        {nextStep === null ? null : (
          <span className={styles["step"]}>
            <b>
              <Trans>Next:</Trans>
            </b>{" "}
            <bdi>{nextStep}</bdi>
          </span>
        )}
      </span>
    </li>
  );
}
