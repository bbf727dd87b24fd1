import { Trans, useLingui } from "@lingui/react/macro";
import { createContext, useContext, useMemo } from "react";
import { useAbilities } from "../app/abilities.ts";
import { Button } from "../ui/button.tsx";
import type { ShownAnswer } from "./shown-answer.ts";
import { suggestionsFor } from "./suggestions-for.ts";
import styles from "./suggestions.module.css";

/** The questions of the conversation. */
export const AskedContext = createContext<readonly string[]>([]);

interface SuggestionsProps {
  answer: ShownAnswer;
  /** Positions of the citations that are used. */
  order: number[];
  ask: (question: string) => void;
}

/** What the documents say besides, to be asked with one press. */
export function Suggestions({ answer: { found, citations }, order, ask }: SuggestionsProps) {
  const { t } = useLingui();
  const { suggestions: isOn } = useAbilities().page;
  const asked = useContext(AskedContext);
  const headings = useMemo(() => {
    const cited = order.flatMap((index) => citations[index] ?? []);
    return suggestionsFor({ found, cited, asked });
  }, [found, citations, order, asked]);
  if (!isOn || headings.length === 0) return null;
  return (
    <section className={styles["suggestions"]} aria-label={t`Also in the documents`}>
      <p className={styles["lead"]} aria-hidden>
        <Trans>Also in the documents</Trans>
      </p>
      <ul className={styles["list"]}>
        {headings.map((heading) => (
          <li key={heading}>
            <Button
              look="outlined"
              aria-label={t`Ask about: ${heading}`}
              onPress={() => ask(heading)}
            >
              <bdi>{heading}</bdi>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
