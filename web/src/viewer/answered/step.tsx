import type { ReactNode } from "react";
import { Duration } from "../../ui/duration.tsx";
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
