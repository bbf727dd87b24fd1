/** A file that goes with the next question of a chat. */
export interface ChatFile {
  /** Its own among all of the page, also after a reload. */
  key: string;
  name: string;
  bytes: number;
  /** Null until the server has it. */
  fileId: string | null;
  status: "uploading" | "reading" | "ready" | "failed" | "too_large";
  /** 0…1 of the upload. */
  progress: number;
  /** Why it failed, in the server's words. */
  error: string | null;
}

/** What has been attached in a chat and not been sent yet. */
export interface ChatFiles {
  /** The vector store they are put into; null: the chat has none yet. */
  storeId: string | null;
  files: readonly ChatFile[];
}

export interface ChatFilesStore {
  /** The same object until something changes. */
  read: (chat: string) => ChatFiles;
  subscribe: (listener: () => void) => () => void;
  /** `storeId`: where files of the chat are already; null: nowhere. */
  add: (chat: string, added: { files: File[]; storeId: string | null; mostBytes: number }) => void;
  /** Takes it away, also in the middle, and from the server. */
  remove: (chat: string, key: string) => void;
  /** They have been sent. */
  clear: (chat: string) => void;
}

interface Steps {
  send: (
    file: File,
    options: { onProgress: (share: number) => void; signal: AbortSignal },
  ) => Promise<string>;
  createStore: (name: string) => Promise<string>;
  attach: (place: { storeId: string; fileId: string }) => Promise<void>;
  /** Rejects with the reason when it cannot be read. */
  untilRead: (place: { storeId: string; fileId: string }, signal: AbortSignal) => Promise<void>;
  forget: (fileId: string) => Promise<void>;
  /** Documents have come into a store. */
  arrived: () => void;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

const PREFIX = "groundwire-files:";
const NONE: ChatFiles = { storeId: null, files: [] };
/** What code can compute with, whether or not there is text in it to be found. */
const TABLES = /\.(?:csv|tsv|xlsx?|json|jsonl|ndjson|parquet)$/iu;

export function isTable(name: string): boolean {
  return TABLES.test(name);
}

/** Sends files as soon as they are attached, and keeps what has arrived in this browser for each chat. */
export function createChatFiles(steps: Steps): ChatFilesStore {
  const chats = new Map<string, ChatFiles>();
  const stores = new Map<string, Promise<string>>();
  const running = new Map<string, AbortController>();
  const listeners = new Set<() => void>();

  function read(chat: string): ChatFiles {
    const known = chats.get(chat) ?? restore(steps.storage, chat);
    chats.set(chat, known);
    return known;
  }
  function set(chat: string, next: ChatFiles): void {
    chats.set(chat, next);
    keep(steps.storage, chat, next);
    for (const listener of listeners) listener();
  }
  function change(chat: string, key: string, update: Partial<ChatFile>): void {
    const { storeId, files } = read(chat);
    const changed = files.map((file) => (file.key === key ? { ...file, ...update } : file));
    set(chat, { storeId, files: changed });
  }

  /** One for all files of a chat, however many come at once. */
  async function storeOf(chat: string, known: string | null, name: string): Promise<string> {
    const { storeId } = read(chat);
    if (known !== null || storeId !== null) return known ?? storeId ?? "";
    const made = stores.get(chat) ?? steps.createStore(name);
    stores.set(chat, made);
    try {
      const id = await made;
      set(chat, { ...read(chat), storeId: id });
      return id;
    } finally {
      stores.delete(chat);
    }
  }

  async function run(chat: string, key: string, file: File, known: string | null): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    running.set(key, controller);
    try {
      const onProgress = (progress: number): void => change(chat, key, { progress });
      const fileId = await steps.send(file, { onProgress, signal });
      change(chat, key, { fileId, status: "reading" });
      const storeId = await storeOf(chat, known, file.name);
      signal.throwIfAborted();
      await readInto({ storeId, fileId }, file.name, signal);
      change(chat, key, { status: "ready" });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) change(chat, key, { status: "failed", error: message });
    } finally {
      running.delete(key);
    }
  }

  async function readInto(
    place: { storeId: string; fileId: string },
    name: string,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await steps.attach(place);
      await steps.untilRead(place, signal);
      steps.arrived();
    } catch (error) {
      // Code reads it by itself.
      if (signal.aborted || !isTable(name)) throw error;
    }
  }

  return {
    read,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(chat, { files, storeId, mostBytes }) {
      const added = files.map((file) => ({ file, entry: toChatFile(file, mostBytes) }));
      const before = read(chat);
      set(chat, { ...before, files: [...before.files, ...added.map(({ entry }) => entry)] });
      for (const { file, entry } of added) {
        if (entry.status === "uploading") void run(chat, entry.key, file, storeId);
      }
    },
    remove(chat, key) {
      running.get(key)?.abort(new Error("removed"));
      const { storeId, files } = read(chat);
      const fileId = files.find((file) => file.key === key)?.fileId;
      set(chat, { storeId, files: files.filter((file) => file.key !== key) });
      if (fileId != null) void steps.forget(fileId).catch(() => undefined);
    },
    clear(chat) {
      set(chat, NONE);
    },
  };
}

function toChatFile({ name, size }: File, mostBytes: number): ChatFile {
  return {
    key: crypto.randomUUID(),
    name,
    bytes: size,
    fileId: null,
    status: size > mostBytes ? "too_large" : "uploading",
    progress: 0,
    error: null,
  };
}

function keep(storage: Steps["storage"], chat: string, { storeId, files }: ChatFiles): void {
  const arrived = files.filter(({ status }) => status === "ready");
  try {
    if (storeId === null && arrived.length === 0) storage.removeItem(PREFIX + chat);
    else storage.setItem(PREFIX + chat, JSON.stringify({ storeId, files: arrived }));
  } catch {
    // Full or forbidden: they last as long as the page.
  }
}

function restore(storage: Steps["storage"], chat: string): ChatFiles {
  try {
    const kept = storage.getItem(PREFIX + chat);
    // Written by `keep`.
    return kept === null ? NONE : (JSON.parse(kept) as ChatFiles);
  } catch {
    return NONE;
  }
}
