import { Trans, useLingui } from "@lingui/react/macro";
import { useId, useState } from "react";
import { Button } from "../../ui/button.tsx";
import type { Passage } from "../passages.ts";
import type { RetrievedEntry } from "./entries.ts";
import { OutcomeWords } from "./outcome-words.tsx";
import styles from "./retrieved.module.css";

interface RetrievedRowProps {
  entry: RetrievedEntry;
  show: (passage: Passage, citation: number | null) => void;
}

export function RetrievedRow({ entry, show }: RetrievedRowProps) {
  const { rank, passage, citation, outcome, queries } = entry;
  const [isOpen, setIsOpen] = useState(false);
  const words = useId();
  const { page } = passage;
  const found = queries.join(" · ");
  return (
    <li className={styles["row"]} data-used={outcome === "used"}>
      <span className={styles["rank"]}>{rank}</span>
      <div className={styles["what"]}>
        <h3 className={styles["title"]} dir="auto">
          {passage.filepath ?? passage.title}
        </h3>
        <p className={styles["place"]}>
          {page === null ? null : (
            <span>
              <Trans>Page {page}</Trans>
            </span>
          )}
          {passage.headingPath.length === 0 ? null : (
            <span dir="auto">{passage.headingPath.at(-1)}</span>
          )}
        </p>
        <p id={words} className={styles["words"]} data-open={isOpen} dir="auto">
          {passage.quote}
        </p>
        <p className={styles["outcome"]}>
          <OutcomeWords outcome={outcome} />
        </p>
        <Scores entry={entry} />
        {isOpen && queries.length > 0 ? (
          <p className={styles["queries"]}>
            <Trans>
              Found by <q dir="auto">{found}</q>
            </Trans>
          </p>
        ) : null}
        <div className={styles["actions"]}>
          <Button
            aria-expanded={isOpen}
            aria-controls={words}
            onPress={() => setIsOpen((open) => !open)}
          >
            {isOpen ? <Trans>Less</Trans> : <Trans>More</Trans>}
          </Button>
          <Button onPress={() => show(passage, citation)}>
            <Trans>Show in document</Trans>
          </Button>
        </div>
      </div>
    </li>
  );
}

function Scores({ entry: { relevance, score, rerankScore } }: { entry: RetrievedEntry }) {
  const { t, i18n } = useLingui();
  const number = (value: number): string => i18n.number(value, { maximumSignificantDigits: 3 });
  return (
    <dl className={styles["scores"]}>
      {relevance === null ? null : (
        <div>
          <dt>
            <Trans>Relevance</Trans>
          </dt>
          <dd>
            <meter min={0} max={1} value={relevance} aria-label={t`Relevance`} />
            {i18n.number(relevance, { style: "percent" })}
          </dd>
        </div>
      )}
      <div>
        <dt>
          <Trans>Score</Trans>
        </dt>
        <dd>{number(score)}</dd>
      </div>
      {rerankScore === null ? null : (
        <div>
          <dt>
            <Trans>Reranked</Trans>
          </dt>
          <dd>{number(rerankScore)}</dd>
        </div>
      )}
    </dl>
  );
}
