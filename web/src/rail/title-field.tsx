import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import styles from "./title-field.module.css";

interface TitleFieldProps {
  title: string;
  /** Null: it stays as it was. */
  done: (title: string | null) => void;
}

/** A title being changed where it stands. Enter keeps, Escape gives up. */
export function TitleField({ title, done }: TitleFieldProps) {
  const { t } = useLingui();
  const [value, setValue] = useState(title);
  const changed = value.trim();
  const result = changed === "" || changed === title ? null : changed;
  return (
    <input
      className={styles["field"]}
      dir="auto"
      aria-label={t`Title of the conversation`}
      autoFocus
      maxLength={200}
      value={value}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setValue(event.target.value)}
      onBlur={() => done(result)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") done(result);
        if (event.key === "Escape") {
          event.stopPropagation();
          done(null);
        }
      }}
    />
  );
}
