import type { MongoClient } from "mongodb";

import { GroundwireError } from "../../protocol/errors.ts";
import { untilAborted } from "../../util/until-aborted.ts";
import { discoveryKey } from "../define-source.ts";
import type { MongoServer } from "./open-client.ts";

/** Open clients, one for each server and whoever is let in, for all questions. */
export interface MongoClients {
  /** Lends the client of this server, opened when there is none; `open` must heed its signal, which aborts when nobody waits. */
  lend<Result>(server: MongoServer, options: LendOptions<Result>): Promise<Result>;
  isOpen(server: MongoServer): boolean;
  close(): Promise<void>;
}

export interface LendOptions<Result> {
  open: (signal: AbortSignal) => Promise<MongoClient>;
  work: (client: MongoClient) => Promise<Result>;
  /** True when an error of `work` says that the client is not worth keeping. */
  isBroken: (error: unknown) => boolean;
  signal: AbortSignal;
}

export interface MongoClientsOptions {
  /** A client nobody has used for so long is closed. */
  idleMs: number;
  /** Most clients open at a time; of those nobody uses the one unused for longest makes room. */
  most: number;
}

interface Entry {
  client: Promise<MongoClient>;
  isOpen: boolean;
  users: number;
  abort: AbortController;
  idle: NodeJS.Timeout | undefined;
}

export function createMongoClients({ idleMs, most }: MongoClientsOptions): MongoClients {
  // In the order of their last use.
  const entries = new Map<string, Entry>();
  const closing = new Set<Promise<unknown>>();

  function discard(key: string, entry: Entry): void {
    if (entries.get(key) === entry) entries.delete(key);
    clearTimeout(entry.idle);
    if (entry.users > 0) return;
    entry.abort.abort();
    const closed = entry.client.then((client) => client.close()).catch(() => {});
    closing.add(closed);
    void closed.then(() => closing.delete(closed));
  }

  function makeRoom(server: MongoServer): void {
    if (entries.size < most) return;
    const [key, entry] = [...entries].find(([, { users }]) => users === 0) ?? [];
    if (key !== undefined && entry !== undefined) {
      discard(key, entry);
      return;
    }
    throw new GroundwireError(
      "data_source_unavailable",
      `The database at ${server.host}:${server.port} is one of too many that are asked at the same time. Try again.`,
    );
  }

  function enter(server: MongoServer, open: LendOptions<unknown>["open"]): Entry {
    makeRoom(server);
    const abort = new AbortController();
    const entry: Entry = {
      client: open(abort.signal),
      isOpen: false,
      users: 0,
      abort,
      idle: undefined,
    };
    // Whoever waits is told; nobody else is.
    entry.client.then(
      () => void (entry.isOpen = true),
      () => {},
    );
    return entry;
  }

  return {
    async lend(server, { open, work, isBroken, signal }) {
      signal.throwIfAborted();
      const key = discoveryKey(server);
      const entry = entries.get(key) ?? enter(server, open);
      entries.delete(key);
      entries.set(key, entry);
      entry.users++;
      clearTimeout(entry.idle);
      let isWorthKeeping = false;
      try {
        const client = await untilAborted(entry.client, signal);
        isWorthKeeping = true;
        return await work(client);
      } catch (error) {
        if (!signal.aborted && isBroken(error)) isWorthKeeping = false;
        throw error;
      } finally {
        entry.users--;
        // One who stops waiting for a client to be opened leaves it to the others who do.
        const isWanted = isWorthKeeping || (entry.users > 0 && signal.aborted);
        if (!isWanted || entries.get(key) !== entry) discard(key, entry);
        else if (entry.users === 0)
          entry.idle = setTimeout(() => discard(key, entry), idleMs).unref();
      }
    },
    isOpen: (server) => entries.get(discoveryKey(server))?.isOpen === true,
    async close() {
      for (const [key, entry] of entries) {
        entry.users = 0;
        discard(key, entry);
      }
      await Promise.all(closing);
    },
  };
}
