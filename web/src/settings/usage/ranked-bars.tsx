import { Plural, Trans } from "@lingui/react/macro";
import { type Measure, type NamedAmounts, amountOf } from "./amounts.ts";
import { AmountTable } from "./amount-table.tsx";
import type { AmountWords } from "./use-amount-words.ts";
import styles from "./usage.module.css";

/** Bars that are shown; the table has all. */
const MOST = 8;

interface RankedBarsProps {
  title: string;
  /** What one row is. */
  column: string;
  amounts: NamedAmounts[];
  measure: Measure;
  words: AmountWords;
}

/** Who or what used most. */
export function RankedBars({ title, column, amounts, measure, words }: RankedBarsProps) {
  const ranked = amounts.toSorted(
    (left, right) => amountOf(right, measure) - amountOf(left, measure),
  );
  const [first] = ranked;
  const largest = first === undefined ? 0 : amountOf(first, measure);
  const left = ranked.length - MOST;
  return (
    <figure className={styles["figure"]}>
      <figcaption>
        <h3 className={styles["caption"]}>{title}</h3>
      </figcaption>
      {ranked.length === 0 ? (
        <p className={styles["none"]}>
          <Trans>Nothing was asked.</Trans>
        </p>
      ) : (
        <>
          <ol className={styles["rank"]}>
            {ranked.slice(0, MOST).map((one) => {
              const amount = amountOf(one, measure);
              return (
                <li key={one.name}>
                  <span className={styles["name"]}>
                    <bdi>{one.name}</bdi>
                  </span>
                  <span className={styles["amount"]}>{words.exact(amount, measure)}</span>
                  <span className={styles["track"]} aria-hidden="true">
                    <i style={{ inlineSize: `${largest === 0 ? 0 : (amount / largest) * 100}%` }} />
                  </span>
                </li>
              );
            })}
          </ol>
          {left > 0 ? (
            <p className={styles["none"]}>
              <Plural value={left} one="# more in the table" other="# more in the table" />
            </p>
          ) : null}
          <AmountTable title={title} column={column} amounts={ranked} words={words} />
        </>
      )}
    </figure>
  );
}
