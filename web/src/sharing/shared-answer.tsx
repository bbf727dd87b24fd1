import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useMemo, useRef, useState } from "react";
import type { SharedMessageBody } from "../../../src/protocol/shares.ts";
import { Marker, MarkerContext, useSourceName } from "../chat/marker.tsx";
import { References } from "../chat/references.tsx";
import { emptyAnswer } from "../chat/shown-answer.ts";
import { AnswerText, CitationContext, useParsedAnswer } from "../markdown/answer-text.tsx";
import type { CitationNode } from "../markdown/cited-text.ts";
import { passageOf } from "../viewer/passages.ts";
import styles from "./shared-page.module.css";

/** What stands above the words that were found stays visible. Pixels. */
const MARGIN = 48;

const drawMarker = (node: CitationNode) => <Marker node={node} />;

/** An answer with its sources; the passage of one at a time is shown below it. */
export function SharedAnswer({ message }: { message: SharedMessageBody }) {
  const { content: text, citations, status } = message;
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const { blocks, order } = useParsedAnswer(text, citations.length, true);
  const open = (index: number): void => setOpenIndex(index === openIndex ? null : index);
  const answer = useMemo(() => ({ ...emptyAnswer(""), text, citations }), [text, citations]);
  const opened = openIndex === null ? undefined : citations[openIndex];
  return (
    <div className={styles["answer"]}>
      <MarkerContext value={{ citations, openIndex, open }}>
        <CitationContext value={drawMarker}>
          <AnswerText blocks={blocks} />
        </CitationContext>
      </MarkerContext>
      {status === "stopped" || status === "failed" ? (
        <p className={styles["note"]}>
          <Trans>This answer broke off.</Trans>
        </p>
      ) : null}
      <References answer={answer} order={order} openIndex={openIndex} open={open} />
      {opened === undefined || openIndex === null ? null : (
        <SharedPassage
          key={openIndex}
          citation={opened}
          number={order.indexOf(openIndex) + 1}
          close={() => setOpenIndex(null)}
        />
      )}
    </div>
  );
}

function SharedPassage({
  citation,
  number,
  close,
}: {
  citation: SharedMessageBody["citations"][number];
  number: number;
  close: () => void;
}) {
  const { t } = useLingui();
  const place = useRef<HTMLElement>(null);
  const words = useRef<HTMLQuoteElement>(null);
  const found = useRef<HTMLElement>(null);
  const name = useSourceName(number, citation);
  const { content, quote, title, headingPath, link } = passageOf(citation);
  const start = content.indexOf(quote);

  // Whoever pressed a number far above reads on here.
  useEffect(() => {
    const [box, mark] = [words.current, found.current];
    if (box !== null && mark !== null) box.scrollTop = mark.offsetTop - box.offsetTop - MARGIN;
    place.current?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: "nearest" });
  }, []);

  return (
    <section
      ref={place}
      id="document-bay"
      className={styles["passage"]}
      aria-label={name}
      tabIndex={-1}
      onKeyDown={({ key }) => key === "Escape" && close()}
    >
      <p className={styles["note"]} dir="auto">
        {[name, ...headingPath.filter((heading) => heading !== title)].join(" · ")}
      </p>
      <blockquote ref={words} className={styles["words"]} dir="auto" tabIndex={0}>
        {content.slice(0, start)}
        <mark ref={found}>{quote}</mark>
        {content.slice(start + quote.length)}
      </blockquote>
      {link === null ? null : (
        <a href={link} target="_blank" rel="noopener noreferrer" dir="ltr">
          {t`Open original`}
        </a>
      )}
    </section>
  );
}
