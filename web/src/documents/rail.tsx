import { type ChangeEvent, useState } from "react";

import { connect } from "../session.ts";
import styles from "./rail.module.css";
import type { Stores } from "./use-stores.ts";
import type { Uploads } from "./use-uploads.ts";

const WORDS = {
  uploading: "Uploading",
  reading: "Reading",
  done: "Ready",
  failed: "Failed",
} as const;

/** Where to look, and what is there. */
export function Rail({ stores, uploads }: { stores: Stores; uploads: Uploads }) {
  async function addFiles(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const files = [...(event.target.files ?? [])];
    event.target.value = "";
    if (stores.selected === null || files.length === 0) return;
    await uploads.add(files, stores.selected);
    await stores.reload();
  }

  return (
    <nav className={styles["rail"]} aria-label="Documents">
      <h1 className={styles["name"]}>Groundwire</h1>
      <StoreList stores={stores} />
      <NewStore stores={stores} />
      <label className={styles["add"]} data-disabled={stores.selected === null}>
        Add documents
        <input
          type="file"
          multiple
          className="visually-hidden"
          disabled={stores.selected === null}
          onChange={(event) => void addFiles(event)}
        />
      </label>
      <ul className={styles["uploads"]} aria-label="Uploads" aria-live="polite">
        {uploads.uploads.map(({ id, name, status, error }) => (
          <li key={id} data-status={status}>
            <bdi>{name}</bdi>: {WORDS[status]}
            {error === null ? null : <span className={styles["reason"]}>{error}</span>}
          </li>
        ))}
      </ul>
    </nav>
  );
}

function StoreList({ stores }: { stores: Stores }) {
  return (
    <ul className={styles["stores"]} aria-label="Stores">
      {stores.stores.map(({ id, name, file_counts: files }) => (
        <li key={id}>
          <button
            type="button"
            className={styles["store"]}
            aria-pressed={id === stores.selected}
            onClick={() => stores.select(id)}
          >
            <span dir="auto">{name ?? id}</span>
            <span className={styles["count"]}>
              {files.completed === 1 ? "1 document" : `${files.completed} documents`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function NewStore({ stores }: { stores: Stores }) {
  const [name, setName] = useState("");

  async function create(): Promise<void> {
    const store = await connect().createVectorStore(name.trim());
    setName("");
    await stores.reload();
    stores.select(store.id);
  }

  return (
    <form
      className={styles["new"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") void create();
      }}
    >
      <label className="visually-hidden" htmlFor="new-store">
        Name of a new store
      </label>
      <input
        id="new-store"
        dir="auto"
        placeholder="New store"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" disabled={name.trim() === ""}>
        Create
      </button>
    </form>
  );
}
