import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Play, Square } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useAnnounce } from "../../app/announcer.tsx";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Choice } from "../choice.tsx";
import { Problem, SectionHead } from "../section-head.tsx";
import { StateWord } from "./state-word.tsx";
import { TargetGroups } from "./target-groups.tsx";
import { countOf, type Diagnosing, type Diagnosis } from "./use-diagnosis.ts";
import styles from "./health.module.css";

/** Whether everything an answer needs works, and what to do where it does not. */
export function HealthSection({ diagnosing }: { diagnosing: Diagnosing }) {
  const { t } = useLingui();
  const announce = useAnnounce();
  const { diagnosis, run, stop } = diagnosing;
  const [question, setQuestion] = useState("");
  const [shown, setShown] = useState<"wrong" | "all">("wrong");
  const isRunning = diagnosis.status === "running";

  function start(): void {
    announce(t`Checking`);
    const words = question.trim();
    run(words === "" ? {} : { question: words }, (done) => {
      const { failed } = countOf(done);
      announce(failed === 0 ? t`Checked: nothing is broken.` : t`Checked. Broken: ${failed}`);
    });
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    start();
  }
  return (
    <section>
      <SectionHead
        title={t`Health`}
        lead={
          <Trans>
            Every deployment, embedding and source, from the network to a real answer. Each
            deployment is asked one line, which its provider bills.
          </Trans>
        }
      />
      <form className={styles["form"]} onSubmit={submit}>
        <label className="visually-hidden" htmlFor="health-question">
          <Trans>A question the sources should find something for</Trans>
        </label>
        <input
          id="health-question"
          className={styles["question"]}
          dir="auto"
          maxLength={2000}
          placeholder={t`A question your documents answer (optional)`}
          value={question}
          onChange={({ target }) => setQuestion(target.value)}
        />
        <Button look={isRunning ? "outlined" : "primary"} onPress={isRunning ? stop : start}>
          <Icon of={isRunning ? Square : Play} />
          {isRunning ? (
            <Trans>Stop</Trans>
          ) : diagnosis.status === "none" ? (
            <Trans>Check now</Trans>
          ) : (
            <Trans>Check again</Trans>
          )}
        </Button>
      </form>
      <Problem error={diagnosis.error} />
      {diagnosis.targets.length === 0 ? null : (
        <>
          <div className={styles["summary"]}>
            <Summary diagnosis={diagnosis} />
            <Choice
              label={t`Which checks are shown`}
              value={shown}
              choose={setShown}
              options={[
                { value: "wrong", label: t`What needs care` },
                { value: "all", label: t`Every check` },
              ]}
            />
          </div>
          <TargetGroups
            targets={diagnosis.targets}
            areAllOpen={shown === "all"}
            isRunning={isRunning}
          />
        </>
      )}
    </section>
  );
}

function Summary({ diagnosis }: { diagnosis: Diagnosis }) {
  const { i18n } = useLingui();
  const { status, targets, ms } = diagnosis;
  const { failed, warning, ok } = countOf(diagnosis);
  const done = failed + warning + ok;
  const all = targets.length;
  if (status === "running") {
    return (
      <p className={styles["verdict"]}>
        <span className={styles["dot"]} aria-hidden="true" />
        <Trans>
          Checked {done} of {all}
        </Trans>
      </p>
    );
  }
  const time =
    ms === null
      ? ""
      : ` · ${i18n.number(ms / 1000, { style: "unit", unit: "second", unitDisplay: "narrow", maximumFractionDigits: 1 })}`;
  return (
    <p className={styles["verdict"]}>
      <StateWord
        state={failed > 0 ? "failed" : warning > 0 ? "warning" : done < all ? "skipped" : "ok"}
        words={
          failed > 0 ? (
            <Plural value={failed} one="# thing is broken" other="# things are broken" />
          ) : warning > 0 ? (
            <Plural value={warning} one="# thing needs care" other="# things need care" />
          ) : done < all ? (
            <Trans>
              Stopped: checked {done} of {all}
            </Trans>
          ) : (
            <Trans>All is well</Trans>
          )
        }
      />
      <span className={styles["time"]}>{time}</span>
    </p>
  );
}
