import { Trans, useLingui } from "@lingui/react/macro";
import type { AnswerTrace } from "../../../../src/protocol/trace.ts";
import type { AnswerEvidence } from "../evidence.ts";
import { PromptBar } from "./prompt-bar.tsx";
import { Duration } from "../../ui/duration.tsx";
import { Step } from "./step.tsx";
import { timesOf } from "./steps.ts";
import { Choosing, Ending, Queries, Searches } from "./step-words.tsx";
import styles from "./answered.module.css";

/** How the answer came to be, step by step, with the time and tokens each took. */
export function AnsweredTab({ evidence }: { evidence: AnswerEvidence }) {
  const { t } = useLingui();
  const { trace, usage, milliseconds } = evidence;
  return (
    <div className={styles["tab"]} tabIndex={0} role="region" aria-label={t`How it was answered`}>
      <dl className={styles["totals"]}>
        {milliseconds === null ? null : (
          <div>
            <dt>
              <Trans>Time</Trans>
            </dt>
            <dd>
              <Duration milliseconds={milliseconds} />
            </dd>
          </div>
        )}
        {usage === null ? null : (
          <>
            <Total label={t`Tokens read`} value={usage.prompt_tokens} />
            <Total label={t`Tokens written`} value={usage.completion_tokens} />
          </>
        )}
      </dl>
      {trace === null ? (
        <p className={styles["none"]}>
          <Trans>The steps of this answer were not kept, or it is still on its way.</Trans>
        </p>
      ) : (
        <Steps trace={trace} />
      )}
    </div>
  );
}

function Total({ label, value }: { label: string; value: number }) {
  const { i18n } = useLingui();
  return (
    <div>
      <dt>{label}</dt>
      <dd>{i18n.number(value)}</dd>
    </div>
  );
}

function Steps({ trace }: { trace: AnswerTrace }) {
  const { t } = useLingui();
  const times = timesOf(trace);
  const answer = trace.calls.findLast(({ purpose }) => purpose === "answer");
  const reread = trace.rerank?.passages ?? 0;
  const failure = trace.rerank?.failure ?? null;
  return (
    <ol className={styles["steps"]}>
      <Step title={t`Looking for`} milliseconds={times.rewriting}>
        <Queries trace={trace} />
      </Step>
      {trace.sources.length === 0 ? null : (
        <Step title={t`Searching`} milliseconds={times.searching}>
          <Searches trace={trace} />
        </Step>
      )}
      {trace.rerank === null ? null : (
        <Step title={t`Sorting by relevance`} milliseconds={times.reranking}>
          <p>
            <Trans>Passages read again: {reread}</Trans>
            {" · "}
            <bdi>{trace.rerank.model}</bdi>
          </p>
          {failure === null ? null : (
            <p className={styles["failed"]}>
              <Trans>It failed, so the order stayed: {failure}</Trans>
            </p>
          )}
        </Step>
      )}
      {trace.passages.length === 0 ? null : (
        <Step title={t`Choosing passages`} milliseconds={null}>
          <Choosing trace={trace} />
        </Step>
      )}
      <Step title={t`Answering`} milliseconds={times.answering}>
        {answer === undefined ? (
          <p>
            {trace.refusal === null ? (
              <Trans>Without a model: sentences of the documents, as they stand.</Trans>
            ) : null}
          </p>
        ) : (
          <p>
            <bdi>{answer.deployment}</bdi>
          </p>
        )}
        {trace.prompt === null ? null : <PromptBar prompt={trace.prompt} />}
        <Ending trace={trace} />
      </Step>
    </ol>
  );
}
