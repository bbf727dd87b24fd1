import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import styles from "./answered.module.css";

interface StepProps {
  title: string;
  /** Null: not told. */
  milliseconds: number | null;
  children: ReactNode;
}

export function Step({ title, milliseconds, children }: StepProps) {
  return (
    <li className={styles["step"]}>
      <h3 className={styles["heading"]}>
        {title}
        {milliseconds === null ? null : (
          <span className={styles["time"]}>
            <Duration milliseconds={milliseconds} />
          </span>
        )}
      </h3>
      <div className={styles["body"]}>{children}</div>
    </li>
  );
}

/** Below a second in milliseconds, above in seconds. */
export function Duration({ milliseconds }: { milliseconds: number }) {
  const { i18n } = useLingui();
  const isShort = milliseconds < 1_000;
  return i18n.number(isShort ? Math.round(milliseconds) : milliseconds / 1_000, {
    style: "unit",
    unit: isShort ? "millisecond" : "second",
    maximumFractionDigits: isShort ? 0 : 1,
  });
}
