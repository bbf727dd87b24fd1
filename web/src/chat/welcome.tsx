import { Trans, useLingui } from "@lingui/react/macro";
import { ArrowRight, FilePlus2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useAbilities } from "../app/abilities.ts";
import { Icon } from "../ui/icon.tsx";
import type { Asking } from "./use-asking.ts";
import styles from "./welcome.module.css";

/** The documents that come with the server; only they have questions that are known to have answers. */
const SAMPLE_STORE = "vs_samplehandbook";
/** In the language of the sample documents. */
const SAMPLE_QUESTIONS = [
  "How many days of annual leave do full-time employees get?",
  "When is a doctor's note needed?",
  "From how many hours of flying time is business class allowed?",
  "How long must a password be?",
];

/** A conversation that has not begun: what can be asked, and where to put documents. */
export function Welcome({ asking, children }: { asking: Asking; children: ReactNode }) {
  const { t } = useLingui();
  const { sources, chosen, isReady } = asking;
  const names = sources.filter(({ id }) => chosen.includes(id)).map(({ name }) => name);
  const [name] = names;
  const { description, questions } = useAbilities().page;
  const samples = chosen.includes(SAMPLE_STORE) ? SAMPLE_QUESTIONS : [];
  const offered = questions.length > 0 ? questions : samples;
  return (
    <div className={styles["welcome"]}>
      <div className={styles["column"]}>
        <h2 className={styles["title"]}>
          {names.length === 1 && name !== undefined ? (
            <Trans>
              Ask <bdi>{name}</bdi>
            </Trans>
          ) : (
            <Trans>Ask your documents</Trans>
          )}
        </h2>
        {description === null ? null : (
          <p className={styles["description"]} dir="auto">
            {description}
          </p>
        )}
        {children}
        <ul className={styles["rows"]} aria-label={t`Ways to begin`}>
          {isReady ? (
            <li>
              <Link href="/documents" className={styles["row"] ?? ""}>
                <Icon of={FilePlus2} />
                <Trans>Add documents</Trans>
              </Link>
            </li>
          ) : null}
          {offered.map((question) => (
            <li key={question}>
              <button
                type="button"
                className={styles["row"]}
                lang={offered === samples ? "en" : undefined}
                dir="auto"
                onClick={() => void asking.ask(question)}
              >
                <Icon of={ArrowRight} />
                {question}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
