import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link } from "wouter";
import { usePageName } from "../app/abilities.ts";
import { copyFormulas } from "../markdown/formulas/copy-formulas.ts";
import { connect, isUnauthorized, messageOf } from "../session.ts";
import { Mark } from "../ui/mark.tsx";
import { SharedAnswer } from "./shared-answer.tsx";
import styles from "./shared-page.module.css";

/** A conversation that somebody has shared, to be read. */
export function SharedPage({ token }: { token: string }) {
  const { t } = useLingui();
  const pageName = usePageName();
  const { data, error, isLoading } = useQuery({
    queryKey: ["shared", token],
    queryFn: ({ signal }) => connect(signal).sharedConversation(token),
    retry: (failures, thrown) => failures < 1 && !isUnauthorized(thrown),
  });
  const title = data?.title ?? t`Shared conversation`;
  useEffect(() => {
    document.title = `${title} – ${pageName}`;
  }, [title, pageName]);
  return (
    <div className={styles["page"]}>
      <header className={styles["bar"]}>
        <Link href="/" className={styles["home"] ?? ""}>
          <Mark />
          {pageName}
        </Link>
        <span className={styles["note"]}>
          <Trans>Shared, to be read only</Trans>
        </span>
      </header>
      <main className={styles["thread"]} aria-busy={isLoading} onCopy={copyFormulas}>
        {error === null ? null : (
          <p role="alert" className={styles["error"]}>
            {messageOf(error)}
          </p>
        )}
        {data === undefined ? null : (
          <>
            <h1 className={styles["title"]} dir="auto">
              {title}
            </h1>
            {data.messages.map((message, index) =>
              // They do not change any more.
              message.role === "user" ? (
                <h2 key={index} className={styles["question"]} dir="auto">
                  {message.content}
                </h2>
              ) : (
                <SharedAnswer key={index} message={message} />
              ),
            )}
            <p className={styles["note"]}>
              <Trans>Answers can be wrong.</Trans>
            </p>
          </>
        )}
      </main>
    </div>
  );
}
