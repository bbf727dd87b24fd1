import { Trans, useLingui } from "@lingui/react/macro";
import { Field, SelectField } from "./field.tsx";
import type { KeyForm } from "./key-form.ts";
import styles from "./keys.module.css";

interface LimitFieldsProps {
  form: KeyForm;
  change: (changed: Partial<KeyForm>) => void;
}

/** What few keys need. */
export function LimitFields({ form, change }: LimitFieldsProps) {
  const { t } = useLingui();
  const whole = { type: "number", min: 1, step: 1 } as const;
  return (
    <details className={styles["more"]}>
      <summary>
        <Trans>Limits and budget</Trans>
      </summary>
      <div className={styles["pair"]}>
        <Field
          {...whole}
          label={t`Requests a minute`}
          value={form.requestsPerMinute}
          change={(requestsPerMinute) => change({ requestsPerMinute })}
        />
        <Field
          {...whole}
          label={t`Tokens a minute`}
          value={form.tokensPerMinute}
          change={(tokensPerMinute) => change({ tokensPerMinute })}
        />
        <Field
          type="number"
          min={0}
          step="any"
          label={t`Most it may cost`}
          hint={t`In the currency of the prices`}
          value={form.amount}
          change={(amount) => change({ amount })}
        />
        <Field
          {...whole}
          label={t`Most tokens`}
          value={form.tokens}
          change={(tokens) => change({ tokens })}
        />
        <SelectField
          label={t`Cost and tokens are counted`}
          value={form.per}
          change={(per) => change({ per: per === "day" ? "day" : "month" })}
          options={[
            { value: "month", label: t`By month` },
            { value: "day", label: t`By day` },
          ]}
        />
        <SelectField
          label={t`Requests are read`}
          value={form.mode}
          change={(mode) => change({ mode: mode === "strict" || mode === "tolerant" ? mode : "" })}
          options={[
            { value: "", label: t`As the server does` },
            { value: "tolerant", label: t`Tolerantly` },
            { value: "strict", label: t`Strictly, as the original did` },
          ]}
        />
      </div>
    </details>
  );
}
