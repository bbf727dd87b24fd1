import { Trans } from "@lingui/react/macro";
import { useId } from "react";
import type { KeyScope } from "../../../../src/protocol/keys.ts";
import { useScopeWords } from "./scope-words.ts";
import styles from "./keys.module.css";

interface ScopeFieldsProps {
  scopes: KeyScope[];
  choose: (scopes: KeyScope[]) => void;
}

const SCOPES = ["chat", "files", "admin"] as const;

export function ScopeFields({ scopes, choose }: ScopeFieldsProps) {
  const words = useScopeWords();
  const id = useId();
  return (
    <fieldset className={styles["scopes"]}>
      <legend>
        <Trans>It may</Trans>
      </legend>
      {SCOPES.map((scope) => (
        <div key={scope} className={styles["scope"]}>
          <input
            id={`${id}-${scope}`}
            type="checkbox"
            aria-describedby={`${id}-${scope}-hint`}
            checked={scopes.includes(scope)}
            onChange={({ target }) =>
              choose(
                SCOPES.filter((one) => (one === scope ? target.checked : scopes.includes(one))),
              )
            }
          />
          <label htmlFor={`${id}-${scope}`}>
            {words[scope].label} <code>{scope}</code>
          </label>
          <span id={`${id}-${scope}-hint`} className={styles["hint"]}>
            {words[scope].hint}
          </span>
        </div>
      ))}
    </fieldset>
  );
}
