import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useSources } from "../sources/use-sources.ts";
import { isUnauthorized, storedKey, storeKey } from "../session.ts";
import { Button } from "../ui/button.tsx";
import { Mark } from "../ui/mark.tsx";
import styles from "./gate.module.css";
import { Shell } from "./shell.tsx";

/** The page, or the question for a key when the server wants one. */
export function Gate() {
  const { error } = useSources();
  return isUnauthorized(error) ? <KeyForm /> : <Shell />;
}

function KeyForm() {
  const { t } = useLingui();
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const wasRefused = storedKey() !== undefined;

  function submit(event: FormEvent): void {
    event.preventDefault();
    storeKey(key.trim());
    void queries.resetQueries();
  }

  return (
    <main className={styles["gate"]}>
      <Mark size={40} />
      <h1 className={styles["title"]}>Groundwire</h1>
      <p className={styles["words"]}>
        <Trans>This server asks for an API key. It is kept in this tab only.</Trans>
      </p>
      {wasRefused ? (
        <p role="alert" className={styles["refused"]}>
          <Trans>
            The server does not take that key. Check it, or ask whoever runs the server.
          </Trans>
        </p>
      ) : null}
      <form className={styles["form"]} onSubmit={submit}>
        <label htmlFor="api-key">
          <Trans>API key</Trans>
        </label>
        <input
          id="api-key"
          type="password"
          autoComplete="off"
          placeholder={t`Paste it here`}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <Button type="submit" look="primary" isDisabled={key.trim() === ""}>
          <Trans>Continue</Trans>
        </Button>
      </form>
    </main>
  );
}
