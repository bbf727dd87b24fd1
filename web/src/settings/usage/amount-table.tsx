import { Trans } from "@lingui/react/macro";
import type { NamedAmounts } from "./amounts.ts";
import type { AmountWords } from "./use-amount-words.ts";
import styles from "./usage.module.css";

interface AmountTableProps {
  title: string;
  column: string;
  amounts: NamedAmounts[];
  words: AmountWords;
  /** How a name is written; as it is by default. */
  nameOf?: (name: string) => string;
}

/** The same in figures: for screen readers, and for whoever wants to be exact. */
export function AmountTable({ title, column, amounts, words, nameOf }: AmountTableProps) {
  return (
    <details className={styles["details"]}>
      <summary>
        <Trans>As a table</Trans>
      </summary>
      <div className={styles["scroll"]} tabIndex={0} role="region" aria-label={title}>
        <table className={styles["table"]}>
          <caption className="visually-hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{column}</th>
              <th scope="col">
                <Trans>Requests</Trans>
              </th>
              <th scope="col">
                <Trans>Input tokens</Trans>
              </th>
              <th scope="col">
                <Trans>Output tokens</Trans>
              </th>
              <th scope="col">
                <Trans>Cost</Trans>
              </th>
            </tr>
          </thead>
          <tbody>
            {amounts.map(({ name, requests, input, output, cost }) => (
              <tr key={name}>
                <th scope="row">
                  <bdi>{nameOf?.(name) ?? name}</bdi>
                </th>
                <td>{words.exact(requests, "requests")}</td>
                <td>{words.exact(input, "tokens")}</td>
                <td>{words.exact(output, "tokens")}</td>
                <td>{words.exact(cost, "cost")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
