import { Trans } from "@lingui/react/macro";
import styles from "./bay.module.css";
import type { Passage } from "./passages.ts";

/** A passage whose document is not here: its own words, what was found of them marked, and where it comes from. */
export function RemotePassage({ passage }: { passage: Passage }) {
  const { content, quote, filepath, link } = passage;
  const start = content.indexOf(quote);
  return (
    <article className={styles["paper"]}>
      <p className={styles["passage"]} dir="auto" data-passage="" tabIndex={-1}>
        {start === -1 ? (
          <mark>{content}</mark>
        ) : (
          <>
            {content.slice(0, start)}
            <mark>{quote}</mark>
            {content.slice(start + quote.length)}
          </>
        )}
      </p>
      {filepath === null && link === null ? null : (
        <dl className={styles["fields"]}>
          {filepath === null ? null : (
            <div>
              <dt>
                <Trans>File</Trans>
              </dt>
              <dd>
                <bdi>{filepath}</bdi>
              </dd>
            </div>
          )}
          {link === null ? null : (
            <div>
              <dt>
                <Trans>Address</Trans>
              </dt>
              <dd>
                <a href={link} target="_blank" rel="noopener noreferrer" dir="ltr">
                  {link}
                </a>
              </dd>
            </div>
          )}
        </dl>
      )}
    </article>
  );
}
