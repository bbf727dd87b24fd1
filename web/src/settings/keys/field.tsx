import { type InputHTMLAttributes, useId } from "react";
import styles from "./keys.module.css";

interface FieldProps extends Pick<
  InputHTMLAttributes<HTMLInputElement>,
  "autoFocus" | "required" | "type" | "min" | "step" | "placeholder"
> {
  label: string;
  hint?: string;
  value: string;
  change: (value: string) => void;
}

export function Field({ label, hint, value, change, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className={styles["fieldset"]}>
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        className={styles["field"]}
        dir="auto"
        autoComplete="off"
        spellCheck={false}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        value={value}
        onChange={({ target }) => change(target.value)}
      />
      {hint === undefined ? null : (
        <span id={`${id}-hint`} className={styles["hint"]}>
          {hint}
        </span>
      )}
    </div>
  );
}

interface SelectFieldProps {
  label: string;
  options: { value: string; label: string }[];
  value: string;
  change: (value: string) => void;
}

export function SelectField({ label, options, value, change }: SelectFieldProps) {
  const id = useId();
  return (
    <div className={styles["fieldset"]}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={styles["field"]}
        value={value}
        onChange={({ target }) => change(target.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
