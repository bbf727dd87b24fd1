import { useState } from "react";

import styles from "./app.module.css";
import { storeKey } from "./session.ts";

/** Asks for an API key; it stays in this tab. */
export function KeyForm({ retry }: { retry: () => Promise<void> }) {
  const [key, setKey] = useState("");
  return (
    <main className={styles["key"]}>
      <h1>Groundwire</h1>
      <p>This server asks for an API key. It is kept in this tab only.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          storeKey(key.trim());
          void retry();
        }}
      >
        <label htmlFor="api-key">API key</label>
        <input
          id="api-key"
          type="password"
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <button type="submit" disabled={key.trim() === ""}>
          Continue
        </button>
      </form>
    </main>
  );
}
