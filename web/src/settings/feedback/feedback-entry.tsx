import { Trans, useLingui } from "@lingui/react/macro";
import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useId, useState } from "react";
import { Link } from "wouter";
import type { FeedbackEntryBody } from "../../../../src/protocol/conversations.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useReasonWords } from "../../ui/use-reason-words.ts";
import { useHolderName } from "../use-holder-name.ts";
import { citedDocuments, wordsOfAnswer } from "./cited-documents.ts";
import styles from "./feedback.module.css";

/** Characters of an answer that are shown at first. */
const EXCERPT = 320;

export function FeedbackEntry({ of: entry }: { of: FeedbackEntryBody }) {
  const id = useId();
  const { question, message, own, conversation_id: conversationId } = entry;
  const { feedback } = message;
  const cited = citedDocuments(entry);
  return (
    <li className={styles["entry"]}>
      <article aria-labelledby={id}>
        <Judgement of={entry} />
        <h3 id={id} className={styles["question"]} dir="auto">
          {question}
        </h3>
        {feedback?.text ? (
          <blockquote className={styles["said"]} dir="auto">
            {feedback.text}
          </blockquote>
        ) : null}
        <Answer text={wordsOfAnswer(entry)} />
        {cited.length === 0 ? null : (
          <ul className={styles["cited"]}>
            {cited.map(({ number, name, page }) => (
              <li key={number}>
                <span className={styles["number"]}>{number}</span>
                <bdi>{name}</bdi>
                {page === null ? null : (
                  <span className={styles["page"]}>
                    <Trans>p. {page}</Trans>
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
        {own ? (
          <p>
            <Link href={`/c/${conversationId}`}>
              <Trans>Open the conversation</Trans>
            </Link>
          </p>
        ) : null}
      </article>
    </li>
  );
}

function Judgement({ of: { tenant, key, message } }: { of: FeedbackEntryBody }) {
  const { i18n, t } = useLingui();
  const reasons = useReasonWords();
  const nameOf = useHolderName();
  const { feedback } = message;
  if (feedback === null) return null;
  const { thumb, created_at: time, reasons: given } = feedback;
  const words: Record<string, string> = reasons;
  const date = new Date(time * 1000);
  const caller =
    key === "" ? t`without a key` : key === tenant ? key : `${tenant} / ${nameOf(key)}`;
  return (
    <p className={styles["judgement"]}>
      <span className={styles["thumb"]} data-thumb={thumb}>
        <Icon of={thumb === "up" ? ThumbsUp : ThumbsDown} />
        {thumb === "up" ? <Trans>Good answer</Trans> : <Trans>Bad answer</Trans>}
      </span>
      {given.map((reason) => (
        <span key={reason} className={styles["reason"]}>
          {words[reason] ?? reason}
        </span>
      ))}
      <span className={styles["who"]}>
        <bdi>{caller}</bdi>
        {" · "}
        <time dateTime={date.toISOString()}>
          {i18n.date(date, { dateStyle: "medium", timeStyle: "short" })}
        </time>
      </span>
    </p>
  );
}

function Answer({ text }: { text: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const isLong = [...text].length > EXCERPT;
  const shown = isLong && !isWhole ? `${[...text].slice(0, EXCERPT).join("").trimEnd()} …` : text;
  return (
    <div className={styles["answer"]}>
      <p dir="auto">{shown}</p>
      {isLong ? (
        <Button aria-expanded={isWhole} onPress={() => setIsWhole(!isWhole)}>
          {isWhole ? <Trans>Less</Trans> : <Trans>The whole answer</Trans>}
        </Button>
      ) : null}
    </div>
  );
}
