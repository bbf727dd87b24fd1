import { Plural, Trans, useLingui } from "@lingui/react/macro";
import type { AnswerTrace, TracedRefusal } from "../../../../src/protocol/trace.ts";
import { Duration } from "../../ui/duration.tsx";
import { OutcomeWords } from "../retrieved/outcome-words.tsx";
import styles from "./answered.module.css";
import { outcomesOf } from "./steps.ts";

interface WithTrace {
  trace: AnswerTrace;
}

export function Queries({ trace: { queries, rewriting, depth } }: WithTrace) {
  const { made_by: maker, deployment, reason } = rewriting;
  const { candidates } = depth;
  return (
    <>
      <ul className={styles["queries"]}>
        {queries.map(({ text, round }, index) => (
          <li key={index} dir="auto">
            {text}
            {round > 1 ? (
              <span className={styles["round"]}>
                {" "}
                <Trans>Round {round}</Trans>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      <p>
        {maker === "question" ? <Trans>As it was asked</Trans> : null}
        {maker === "rules" ? <Trans>Made of the conversation by rules</Trans> : null}
        {maker === "model" ? (
          <Trans>
            Written by <bdi>{deployment}</bdi>
          </Trans>
        ) : null}
        {" · "}
        <Trans>Candidates for each query and source: {candidates}</Trans>
      </p>
      {reason === null ? null : (
        <p className={styles["failed"]} dir="auto">
          {reason}
        </p>
      )}
    </>
  );
}

/** Each source with its time as a bar, the slowest the longest. */
export function Searches({ trace: { sources } }: WithTrace) {
  const slowest = Math.max(1, ...sources.map(({ milliseconds }) => milliseconds));
  return (
    <ul className={styles["sources"]}>
      {sources.map(({ data_source_index: index, type, milliseconds, found, failures }) => (
        <li key={index}>
          <span className={styles["source"]}>
            <bdi>{type}</bdi>
            <span>
              <Plural value={found} one="# passage" other="# passages" />
              {" · "}
              <Duration milliseconds={milliseconds} />
            </span>
          </span>
          <span
            className={styles["bar"]}
            style={{ inlineSize: `${(100 * milliseconds) / slowest}%` }}
          />
          {failures.map(({ query, reason }) => (
            <span key={query} className={styles["failed"]} dir="auto">
              {reason}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

export function Choosing({ trace }: WithTrace) {
  const { i18n } = useLingui();
  const { dropped_markers: markers } = trace;
  return (
    <>
      <dl className={styles["outcomes"]}>
        {outcomesOf(trace).map(([outcome, count]) => (
          <div key={outcome}>
            <dt>
              <OutcomeWords outcome={outcome} />
            </dt>
            <dd>{i18n.number(count)}</dd>
          </div>
        ))}
      </dl>
      {markers === 0 ? null : (
        <p>
          <Trans>Markers of the model that name no passage, left out: {markers}</Trans>
        </p>
      )}
    </>
  );
}

export function Ending({ trace: { refusal } }: WithTrace) {
  if (refusal === null) return null;
  return (
    <p>
      <Refusal why={refusal.why} />
    </p>
  );
}

function Refusal({ why }: { why: TracedRefusal["why"] }) {
  switch (why) {
    case "nothing_found":
      return <Trans>Refused: no passage was relevant enough.</Trans>;
    case "not_covered":
      return <Trans>Refused: the passages do not answer the question.</Trans>;
    case "unsupported":
      return <Trans>Refused: what the model wrote does not stand in the passages.</Trans>;
    case "model":
      return <Trans>The model refused.</Trans>;
  }
}
