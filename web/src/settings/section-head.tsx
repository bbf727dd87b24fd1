import type { ReactNode } from "react";
import styles from "./settings-page.module.css";

interface SectionHeadProps {
  title: string;
  /** One or two sentences about the section. */
  lead: ReactNode;
  /** What can be done here. */
  children?: ReactNode;
}

export function SectionHead({ title, lead, children }: SectionHeadProps) {
  return (
    <header className={styles["head"]}>
      <div className={styles["words"]}>
        <h2 className={styles["heading"]}>{title}</h2>
        <p className={styles["lead"]}>{lead}</p>
      </div>
      {children === undefined ? null : <div className={styles["tools"]}>{children}</div>}
    </header>
  );
}

/** The server did not do what it was asked. */
export function Problem({ error }: { error: Error | null }) {
  return error === null ? null : (
    <p role="alert" className={styles["problem"]}>
      {error.message}
    </p>
  );
}
