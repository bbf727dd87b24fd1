import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Check } from "lucide-react";
import { memo } from "react";
import { Icon } from "../ui/icon.tsx";
import styles from "./answer-view.module.css";
import type { ShownAnswer } from "./shown-answer.ts";

/** What is being done before there are words; afterwards what was done. */
export const AnswerStatus = memo(function AnswerStatus({
  status,
  passages,
  milliseconds,
}: Pick<ShownAnswer, "status" | "milliseconds"> & {
  /** How many the model was given. */
  passages: number;
}) {
  switch (status) {
    case "searching":
      return (
        <Running>
          <Trans>Searching your documents</Trans>
        </Running>
      );
    case "reading":
      return (
        <Running>
          <Plural value={passages} one="Reading # passage" other="Reading # passages" />
        </Running>
      );
    case "computing":
      return (
        <Running>
          <Trans>Running Python</Trans>
        </Running>
      );
    case "thinking":
      return (
        <Running>
          <Trans>Thinking</Trans>
        </Running>
      );
    case "writing":
    case "completed":
    case "stopped":
      return passages === 0 ? null : <Done milliseconds={milliseconds} passages={passages} />;
    case "failed":
      return null;
  }
});

function Running({ children }: { children: React.ReactNode }) {
  return (
    <p className={styles["status"]} role="status">
      <span className={styles["dot"]} aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}

function Done({
  milliseconds,
  passages,
}: Pick<ShownAnswer, "milliseconds"> & { passages: number }) {
  const { i18n } = useLingui();
  const time =
    milliseconds === null
      ? null
      : i18n.number(milliseconds / 1000, {
          style: "unit",
          unit: "second",
          unitDisplay: "narrow",
          maximumFractionDigits: milliseconds < 10_000 ? 1 : 0,
        });
  return (
    <p className={styles["status"]}>
      <Icon of={Check} />
      <span>
        <Plural value={passages} one="Read # passage" other="Read # passages" />
        {time === null ? null : ` · ${time}`}
      </span>
    </p>
  );
}
