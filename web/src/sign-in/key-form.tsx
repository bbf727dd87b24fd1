import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { storedKey, storeKey } from "../session.ts";
import { Button } from "../ui/button.tsx";
import styles from "./sign-in.module.css";

/** Takes an API key for this tab. */
export function KeyForm({ isOnly }: { isOnly: boolean }) {
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
    <form className={styles["form"]} onSubmit={submit}>
      <p className={styles["words"]}>
        {isOnly ? (
          <Trans>This server asks for an API key. It is kept in this tab only.</Trans>
        ) : (
          <Trans>Or use an API key. It is kept in this tab only.</Trans>
        )}
      </p>
      {wasRefused ? (
        <p role="alert" className={styles["refused"]}>
          <Trans>
            The server does not take that key. Check it, or ask whoever runs the server.
          </Trans>
        </p>
      ) : null}
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
      <Button type="submit" look={isOnly ? "primary" : "outlined"} isDisabled={key.trim() === ""}>
        <Trans>Continue</Trans>
      </Button>
    </form>
  );
}
