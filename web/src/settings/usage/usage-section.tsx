import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Choice } from "../choice.tsx";
import { Problem, SectionHead } from "../section-head.tsx";
import { type Measure, totalOf } from "./amounts.ts";
import { RankedBars } from "./ranked-bars.tsx";
import { TimeBars } from "./time-bars.tsx";
import { type ShownUsage, useUsage } from "./use-usage.ts";
import { useAmountWords } from "./use-amount-words.ts";
import styles from "./usage.module.css";

type Range = "7" | "30" | "90" | "365";

/** What was asked, by whom, and what it cost. */
export function UsageSection() {
  const { t } = useLingui();
  const [range, setRange] = useState<Range>("30");
  const [measure, setMeasure] = useState<Measure>("tokens");
  const { usage, error, isFetching } = useUsage(Number(range), t`without a key`);
  return (
    <section aria-busy={isFetching}>
      <SectionHead
        title={t`Usage`}
        lead={
          <Trans>
            Of all tenants and keys, by days in UTC. Costs are those of the prices in the
            configuration when an answer was given.
          </Trans>
        }
      />
      <div className={styles["choices"]}>
        <Choice
          label={t`Span of time`}
          value={range}
          choose={setRange}
          options={[
            { value: "7", label: t`7 days` },
            { value: "30", label: t`30 days` },
            { value: "90", label: t`90 days` },
            { value: "365", label: t`A year` },
          ]}
        />
        <Choice
          label={t`What is compared`}
          value={measure}
          choose={setMeasure}
          options={[
            { value: "tokens", label: t`Tokens` },
            { value: "cost", label: t`Cost` },
            { value: "requests", label: t`Requests` },
          ]}
        />
      </div>
      <Problem error={error} />
      {usage === null ? null : <Shown usage={usage} measure={measure} />}
    </section>
  );
}

function Shown({ usage, measure }: { usage: ShownUsage; measure: Measure }) {
  const { t } = useLingui();
  const { byTime, byDeployment, byKey, currency } = usage;
  const words = useAmountWords(currency);
  const total = totalOf(byTime);
  const figures = [
    { name: t`Requests`, value: words.exact(total.requests, "requests") },
    { name: t`Input tokens`, value: words.exact(total.input, "tokens") },
    { name: t`Output tokens`, value: words.exact(total.output, "tokens") },
    { name: t`Cost`, value: currency === null ? t`No prices` : words.exact(total.cost, "cost") },
  ];
  return (
    <>
      <dl className={styles["figures"]}>
        {figures.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <TimeBars amounts={byTime} measure={measure} words={words} />
      <div className={styles["ranks"]}>
        <RankedBars
          title={t`By deployment`}
          column={t`Deployment`}
          amounts={byDeployment}
          measure={measure}
          words={words}
        />
        <RankedBars
          title={t`By key`}
          column={t`Key`}
          amounts={byKey}
          measure={measure}
          words={words}
        />
      </div>
    </>
  );
}
