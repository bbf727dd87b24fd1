import { untilAborted } from "./until-aborted.ts";

/** Remembers what was loaded, for a while; whoever asks meanwhile shares the load. */
export interface TtlCache<Value> {
  /**
   * The remembered value, or that of `load`, whose signal aborts when nobody waits for it any more. A failed load is not
   * remembered. Rejects with the reason of `signal` when that is aborted.
   */
  get(key: string, options: LoadOptions<Value>): Promise<Value>;
  /** Whoever asks next loads it anew. */
  forget(key: string): void;
}

export interface LoadOptions<Value> {
  load: (signal: AbortSignal) => Promise<Value>;
  signal: AbortSignal;
}

export interface TtlCacheOptions {
  ttlMs: number;
  /** Most values kept; the oldest goes first. */
  most: number;
  /** Milliseconds. */
  now?: () => number;
}

interface Entry<Value> {
  value: Promise<Value>;
  expiresAt: number;
  waiters: number;
  isSettled: boolean;
  abort: (reason: unknown) => void;
}

export function createTtlCache<Value>({
  ttlMs,
  most,
  now = () => performance.now(),
}: TtlCacheOptions): TtlCache<Value> {
  const entries = new Map<string, Entry<Value>>();

  function open(key: string, load: LoadOptions<Value>["load"]): Entry<Value> {
    const controller = new AbortController();
    const entry: Entry<Value> = {
      value: load(controller.signal),
      expiresAt: now() + ttlMs,
      waiters: 0,
      isSettled: false,
      abort: (reason) => controller.abort(reason),
    };
    const forget = (): void => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    entry.value.then(
      () => void (entry.isSettled = true),
      () => {
        entry.isSettled = true;
        forget();
      },
    );
    const oldest = entries.size >= most ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
    entries.set(key, entry);
    return entry;
  }

  return {
    forget: (key) => void entries.delete(key),
    async get(key, { load, signal }) {
      signal.throwIfAborted();
      const known = entries.get(key);
      if (known !== undefined && known.expiresAt <= now()) entries.delete(key);
      const entry = entries.get(key) ?? open(key, load);
      entry.waiters++;
      try {
        return await untilAborted(entry.value, signal);
      } finally {
        entry.waiters--;
        if (entry.waiters === 0 && !entry.isSettled) {
          if (entries.get(key) === entry) entries.delete(key);
          entry.abort(signal.reason);
        }
      }
    },
  };
}
