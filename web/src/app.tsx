import { type DragEvent, useEffect, useRef, useState } from "react";

import type { ChunkCitation } from "../../src/client/http-client.ts";
import styles from "./app.module.css";
import { Composer } from "./chat/composer.tsx";
import { Thread } from "./chat/thread.tsx";
import { useChat } from "./chat/use-chat.ts";
import { Rail } from "./documents/rail.tsx";
import { useStores } from "./documents/use-stores.ts";
import { useUploads } from "./documents/use-uploads.ts";
import { KeyForm } from "./key-form.tsx";
import { Bay } from "./viewer/bay.tsx";

interface Opened {
  citation: ChunkCitation;
  storeId: string;
}

/** Three planes: where to look, the conversation, the document. */
export function App() {
  const stores = useStores();
  const uploads = useUploads();
  const chat = useChat();
  const [opened, setOpened] = useState<Opened | null>(null);
  const pressed = useRef<HTMLElement | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const count = chat.turns.length;

  useEffect(() => {
    if (count > 0) end.current?.scrollIntoView({ block: "end" });
  }, [count]);

  if (stores.needsKey) return <KeyForm retry={stores.reload} />;

  const { selected } = stores;
  const store = stores.stores.find(({ id }) => id === selected);

  function open(citation: ChunkCitation): void {
    pressed.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    if (selected !== null) setOpened({ citation, storeId: selected });
  }

  function close(): void {
    setOpened(null);
    pressed.current?.focus();
  }

  async function drop(event: DragEvent): Promise<void> {
    event.preventDefault();
    if (selected === null) return;
    await uploads.add([...event.dataTransfer.files], selected);
    await stores.reload();
  }

  return (
    <div
      className={styles["app"]}
      data-bay={opened !== null}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => void drop(event)}
    >
      <Rail stores={stores} uploads={uploads} />
      <main className={styles["conversation"]} data-empty={count === 0}>
        <div className={styles["scroll"]}>
          {stores.error === null ? null : (
            <p className={styles["error"]} role="alert">
              {stores.error}
            </p>
          )}
          {count === 0 ? (
            <h2 className={styles["empty"]}>Ask {store?.name ?? "your documents"}</h2>
          ) : (
            <Thread turns={chat.turns} open={open} opened={opened?.citation ?? null} />
          )}
          <div ref={end} />
        </div>
        <div className={styles["foot"]}>
          <Composer
            isBusy={chat.isBusy}
            disabledBecause={selected === null ? "Create a store and add documents first" : null}
            ask={(question) => selected !== null && chat.ask(question, selected)}
            stop={chat.stop}
          />
        </div>
      </main>
      {opened === null ? null : (
        <Bay citation={opened.citation} storeId={opened.storeId} close={close} />
      )}
    </div>
  );
}
