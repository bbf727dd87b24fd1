import { createContext, useContext, useSyncExternalStore } from "react";

/** A file on its way into a store. It is gone from here once the server has it. */
export interface Upload {
  id: number;
  storeId: string;
  file: File;
  status: "waiting" | "uploading" | "failed";
  /** 0…1 */
  progress: number;
  error: string | null;
}

export interface Uploads {
  read: () => readonly Upload[];
  subscribe: (listener: () => void) => () => void;
  add: (storeId: string, files: File[]) => void;
  retry: (id: number) => void;
  /** Takes it away, also in the middle. */
  dismiss: (id: number) => void;
}

interface UploadSteps {
  send: (
    file: File,
    options: { onProgress: (share: number) => void; signal: AbortSignal },
  ) => Promise<string>;
  attach: (place: { storeId: string; fileId: string }) => Promise<void>;
  /** A file has come into the store. */
  arrived: (storeId: string) => void;
}

/** Files sent at the same time. */
const LANES = 3;

/** Sends files one after the other, a few at a time, whichever page is shown meanwhile. */
export function createUploads({ send, attach, arrived }: UploadSteps): Uploads {
  let uploads: readonly Upload[] = [];
  let lastId = 0;
  const running = new Map<number, AbortController>();
  const listeners = new Set<() => void>();

  function set(next: readonly Upload[]): void {
    uploads = next;
    for (const listener of listeners) listener();
  }
  function change(id: number, update: Partial<Upload>): void {
    set(uploads.map((upload) => (upload.id === id ? { ...upload, ...update } : upload)));
  }
  function remove(id: number): void {
    set(uploads.filter((upload) => upload.id !== id));
  }

  function fillLanes(): void {
    while (running.size < LANES) {
      const next = uploads.find(({ status }) => status === "waiting");
      if (!next) return;
      void run(next);
    }
  }

  async function run({ id, storeId, file }: Upload): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    change(id, { status: "uploading", progress: 0, error: null });
    try {
      const fileId = await send(file, {
        onProgress: (progress) => change(id, { progress }),
        signal: controller.signal,
      });
      controller.signal.throwIfAborted();
      await attach({ storeId, fileId });
      remove(id);
      arrived(storeId);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!controller.signal.aborted) change(id, { status: "failed", error: message });
    } finally {
      running.delete(id);
      fillLanes();
    }
  }

  return {
    read: () => uploads,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(storeId, files) {
      const added = files.map((file): Upload => ({
        id: ++lastId,
        storeId,
        file,
        status: "waiting",
        progress: 0,
        error: null,
      }));
      set([...uploads, ...added]);
      fillLanes();
    },
    retry(id) {
      change(id, { status: "waiting" });
      fillLanes();
    },
    dismiss(id) {
      running.get(id)?.abort(new Error("dismissed"));
      remove(id);
    },
  };
}

export const UploadsContext = createContext<Uploads | null>(null);

export function useUploads(): [readonly Upload[], Uploads] {
  const uploads = useContext(UploadsContext);
  if (uploads === null) throw new Error("useUploads outside of the page");
  return [useSyncExternalStore(uploads.subscribe, uploads.read), uploads];
}
