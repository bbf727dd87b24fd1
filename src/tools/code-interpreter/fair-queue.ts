import { GroundwireError } from "../../protocol/errors.ts";

/** Places that are taken in turn: every tenant gets its share, however many wait for another one. */
export interface FairQueue {
  /**
   * Waits for a place and answers how to give it back, which may be done more than once.
   * @throws GroundwireError `rate_limited` when too many wait, `shutting_down` after `close`; the signal's reason.
   */
  enter(tenant: string, signal: AbortSignal): Promise<() => void>;
  close(): void;
}

interface Waiter {
  resolve(leave: () => void): void;
  reject(error: unknown): void;
}

/** Seconds after which a refused caller had better come back. */
const RETRY_SECONDS = 5;

export function createFairQueue(options: { places: number; waiting: number }): FairQueue {
  let free = options.places;
  let isClosed = false;
  /** Waiting, in their order; the tenants in the order in which it is their turn. */
  const lines = new Map<string, Waiter[]>();

  function leaveOnce(): () => void {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      free++;
      admit();
    };
  }

  function admit(): void {
    for (const [tenant, line] of lines) {
      if (free === 0) return;
      const next = line.shift();
      lines.delete(tenant);
      if (line.length > 0) lines.set(tenant, line);
      if (next === undefined) continue;
      free--;
      next.resolve(leaveOnce());
    }
  }

  function remove(tenant: string, waiter: Waiter): void {
    const line = lines.get(tenant) ?? [];
    const index = line.indexOf(waiter);
    if (index !== -1) line.splice(index, 1);
    if (line.length === 0) lines.delete(tenant);
  }

  /** When all places to wait are taken, whoever has taken most of them gives one up to those who have fewer. */
  function makeRoom(tenant: string): void {
    const waiting = [...lines.values()].reduce((sum, line) => sum + line.length, 0);
    if (waiting < options.waiting) return;
    const [fullest, line] =
      [...lines].toSorted(([, one], [, other]) => other.length - one.length)[0] ?? [];
    const own = lines.get(tenant)?.length ?? 0;
    const last = line?.at(-1);
    if (fullest === undefined || last === undefined || own + 1 >= (line?.length ?? 0)) throw full();
    remove(fullest, last);
    last.reject(full());
  }

  return {
    async enter(tenant, signal) {
      signal.throwIfAborted();
      if (isClosed) throw closing();
      if (free > 0 && lines.size === 0) {
        free--;
        return leaveOnce();
      }
      makeRoom(tenant);
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const waiter: Waiter = { resolve, reject };
      lines.set(tenant, [...(lines.get(tenant) ?? []), waiter]);
      const abort = (): void => {
        remove(tenant, waiter);
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      return promise.finally(() => signal.removeEventListener("abort", abort));
    },
    close() {
      isClosed = true;
      for (const line of lines.values()) for (const waiter of line) waiter.reject(closing());
      lines.clear();
    },
  };
}

function full(): GroundwireError {
  return new GroundwireError(
    "rate_limited",
    "Too many requests wait for the code interpreter. Try again in a few seconds.",
    { retryAfter: RETRY_SECONDS },
  );
}

function closing(): GroundwireError {
  return new GroundwireError("shutting_down", "The server is shutting down. Try again later.");
}
