import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { AmountTable } from "./amount-table.tsx";
import { amountOf, type Measure, type NamedAmounts, roundUp } from "./amounts.ts";
import type { AmountWords } from "./use-amount-words.ts";
import styles from "./usage.module.css";

interface TimeBarsProps {
  /** Of days or months, in order. */
  amounts: NamedAmounts[];
  measure: Measure;
  words: AmountWords;
}

/** A bar a day or month. The drawing is for the eye; the table beside it says the same. */
export function TimeBars({ amounts, measure, words }: TimeBarsProps) {
  const { t, i18n } = useLingui();
  const [pointed, setPointed] = useState<NamedAmounts | null>(null);
  const isByMonth = amounts[0]?.name.length === "2026-11".length;
  const end = roundUp(Math.max(0, ...amounts.map((one) => amountOf(one, measure))));
  const isEmpty = amounts.every((one) => amountOf(one, measure) === 0);
  const title = isByMonth ? t`By month` : t`By day`;

  function dateOf(name: string, style: "long" | "short"): string {
    const options = isByMonth
      ? ({ month: style, year: "numeric" } as const)
      : ({ month: style, day: "numeric" } as const);
    return i18n.date(new Date(Date.parse(name)), { ...options, timeZone: "UTC" });
  }
  return (
    <figure className={styles["figure"]}>
      <figcaption className={styles["captions"]}>
        <h3 className={styles["caption"]}>{title}</h3>
        {measure === "tokens" ? <Legend /> : null}
        <span className={styles["pointed"]} aria-hidden="true">
          {pointed === null
            ? ""
            : `${dateOf(pointed.name, "long")} · ${words.exact(amountOf(pointed, measure), measure)}`}
        </span>
      </figcaption>
      <div className={styles["chart"]} aria-hidden="true">
        <ol className={styles["axis"]}>
          {[1, 0.5, 0].map((share) => (
            <li key={share}>{isEmpty && share > 0 ? "" : words.short(end * share, measure)}</li>
          ))}
        </ol>
        <ol
          className={styles["bars"]}
          data-many={amounts.length > 40}
          onPointerLeave={() => setPointed(null)}
        >
          {amounts.map((one) => (
            <li
              key={one.name}
              data-pointed={one.name === pointed?.name}
              onPointerEnter={() => setPointed(one)}
            >
              {partsOf(one, measure).map(({ part, value }) => (
                <i key={part} data-part={part} style={{ blockSize: `${(value / end) * 100}%` }} />
              ))}
            </li>
          ))}
        </ol>
        <ol className={styles["dates"]}>
          {[amounts[0], amounts[Math.floor((amounts.length - 1) / 2)], amounts.at(-1)].map(
            (one, index) => (
              <li key={index}>{one === undefined ? "" : dateOf(one.name, "short")}</li>
            ),
          )}
        </ol>
      </div>
      <AmountTable
        title={title}
        column={isByMonth ? t`Month` : t`Day`}
        amounts={amounts.toReversed()}
        words={words}
        nameOf={(name) => dateOf(name, "long")}
      />
    </figure>
  );
}

/** From top to bottom. */
function partsOf(one: NamedAmounts, measure: Measure): { part: string; value: number }[] {
  if (measure !== "tokens") return [{ part: "all", value: amountOf(one, measure) }];
  return [
    { part: "output", value: one.output },
    { part: "input", value: one.input },
  ];
}

function Legend() {
  return (
    <span className={styles["legend"]}>
      <span data-part="input">
        <Trans>Input</Trans>
      </span>
      <span data-part="output">
        <Trans>Output</Trans>
      </span>
    </span>
  );
}
