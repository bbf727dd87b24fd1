import { useLingui } from "@lingui/react/macro";
import type { KeyBody } from "../../../../src/protocol/keys.ts";
import styles from "./keys.module.css";

/** What ends a key's use before its time does. */
export function KeyLimits({ of: key }: { of: KeyBody }) {
  const { t, i18n } = useLingui();
  const { mode, budget, requests_per_minute, tokens_per_minute } = key;
  const limits: string[] = [];
  if (budget !== null) {
    const isDaily = budget.per === "day";
    if (budget.amount !== null) {
      const amount = i18n.number(budget.amount);
      limits.push(isDaily ? t`${amount} a day` : t`${amount} a month`);
    }
    if (budget.tokens !== null) {
      const tokens = i18n.number(budget.tokens);
      limits.push(isDaily ? t`${tokens} tokens a day` : t`${tokens} tokens a month`);
    }
  }
  if (requests_per_minute !== null) {
    const requests = i18n.number(requests_per_minute);
    limits.push(t`${requests} requests a minute`);
  }
  if (tokens_per_minute !== null) {
    const tokens = i18n.number(tokens_per_minute);
    limits.push(t`${tokens} tokens a minute`);
  }
  if (mode === "strict") limits.push(t`Strict`);
  if (mode === "tolerant") limits.push(t`Tolerant`);
  if (limits.length === 0) return t`None`;
  return (
    <span className={styles["lines"]}>
      {limits.map((limit) => (
        <span key={limit}>{limit}</span>
      ))}
    </span>
  );
}
