import type { Collection, Db, Document } from "mongodb";

import { GroundwireError } from "../../protocol/errors.ts";
import type { HostGuard } from "../../upstream/host-guard.ts";
import { SILENT } from "../../upstream/connection-failures.ts";
import { createTtlCache } from "../../util/ttl-cache.ts";
import type { MongoAddress, MongoMember } from "./address.ts";
import { createMongoClients, type MongoClients } from "./clients.ts";
import { isBroken, isMembersFault, toFailure } from "./failures.ts";
import { createMemberResolver, type MongoMembers, type ResolveMembers } from "./members.ts";
import { type MongoServer, openClient } from "./open-client.ts";

export interface MongoLimits {
  /** Longest time for one call, whatever it takes. */
  totalMs: number;
  connectMs: number;
  mostResponseBytes: number;
  /** A client nobody has used for so long is closed. */
  idleMs: number;
  mostClients: number;
}

export const DEFAULT_MONGO_LIMITS: MongoLimits = {
  totalMs: 30_000,
  connectMs: 5_000,
  mostResponseBytes: 8 * 1024 * 1024,
  idleMs: 120_000,
  mostClients: 100,
};

export interface MongoAccessOptions {
  limits?: Partial<MongoLimits>;
  /** The name servers of the system by default. */
  resolveMembers?: ResolveMembers;
}

/** What is asked, and who asks. */
export interface MongoTarget {
  /** How errors begin. */
  subject: string;
  address: MongoAddress;
  database: string;
  collection: string;
  guard: HostGuard;
}

export interface MongoCall {
  database: Db;
  collection: Collection<Document>;
  /** `host:port`, for messages. */
  host: string;
  /** For every command: ends it here, and tells the server how long it may take. */
  options: { signal: AbortSignal; maxTimeMS: number };
}

export interface MongoAccess {
  /**
   * Does the work on one member of the cluster, on the next one when that cannot answer. Rejects with a `GroundwireError`,
   * or with the signal's reason when aborted.
   */
  call<Result>(
    target: MongoTarget,
    work: (call: MongoCall) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result>;
  /** The members of the cluster, by DNS where the address names none. */
  members(target: MongoTarget, signal: AbortSignal): Promise<MongoMember[]>;
  close(): Promise<void>;
}

const MEMBERS_TTL_MS = 60_000;
const MOST_NAMES = 500;

export function createMongoAccess({
  limits: given = {},
  resolveMembers = createMemberResolver(),
}: MongoAccessOptions = {}): MongoAccess {
  const limits = { ...DEFAULT_MONGO_LIMITS, ...given };
  const clients = createMongoClients({ idleMs: limits.idleMs, most: limits.mostClients });
  const names = createTtlCache<MongoMembers>({ ttlMs: MEMBERS_TTL_MS, most: MOST_NAMES });

  /** Those first that are connected to already. */
  async function serversOf(
    { subject, address }: MongoTarget,
    signal: AbortSignal,
  ): Promise<MongoServer[]> {
    const { at, ...entry } = address;
    const load = (name: string) => (loading: AbortSignal) =>
      resolveMembers(name, { subject, signal: loading });
    const { members, authSource } =
      "srv" in at
        ? await names.get(at.srv, { signal, load: load(at.srv) })
        : { members: at.members, authSource: null };
    return members
      .map((member) => ({ ...entry, ...member, authSource: entry.authSource ?? authSource }))
      .toSorted((left, right) => Number(clients.isOpen(right)) - Number(clients.isOpen(left)));
  }

  return {
    async call(target, work, signal) {
      checkNames(target);
      const endsAt = performance.now() + limits.totalMs;
      const deadline = AbortSignal.timeout(limits.totalMs);
      const either = AbortSignal.any([signal, deadline]);
      let host = nameIn(target.address);
      try {
        const servers = await serversOf(target, either);
        for (const [index, server] of servers.entries()) {
          host = nameOf(server);
          try {
            return await callOn(server, { clients, limits, target, work, signal: either, endsAt });
          } catch (error) {
            if (either.aborted || index === servers.length - 1 || !isMembersFault(error))
              throw error;
          }
        }
        throw new Error("an address without members");
      } catch (error) {
        signal.throwIfAborted();
        const { subject, database, collection } = target;
        if (deadline.aborted) {
          throw new GroundwireError("data_source_timeout", `${subject} at ${host} ${SILENT}`);
        }
        throw toFailure(error, { subject, host, place: placeOf({ database, collection }) });
      }
    },
    members: serversOf,
    close: () => clients.close(),
  };
}

/** Names no server has; some would be commands. */
function checkNames({ subject, database, collection }: MongoTarget): void {
  const isName =
    /^[^/\\. "$\0]{1,63}$/u.test(database) && /^(?!system\.)[^$\0]{1,255}$/u.test(collection);
  if (isName) return;
  const place = placeOf({ database, collection })
    .replaceAll(/\p{Cc}/gu, " ")
    .slice(0, 300);
  throw new GroundwireError("data_source_invalid", `${subject}: there can be no ${place}.`);
}

interface Calling<Result> {
  clients: MongoClients;
  limits: MongoLimits;
  target: MongoTarget;
  work: (call: MongoCall) => Promise<Result>;
  signal: AbortSignal;
  /** By `performance.now()`. */
  endsAt: number;
}

async function callOn<Result>(
  server: MongoServer,
  { clients, limits, target, work, signal, endsAt }: Calling<Result>,
): Promise<Result> {
  const { subject, guard } = target;
  const host = nameOf(server);
  // Of several commands one may fail while others run.
  using left = new DisposableStack();
  const others = new AbortController();
  left.defer(() => others.abort());
  return await clients.lend(server, {
    signal,
    isBroken,
    open: (opening) =>
      openClient(server, {
        guard,
        connectMs: limits.connectMs,
        silenceMs: limits.totalMs,
        mostBytes: limits.mostResponseBytes,
        refuse: (words) =>
          new GroundwireError("data_source_invalid", `${subject} at ${host} ${words}`),
        signal: opening,
      }),
    work(client) {
      const database = client.db(target.database);
      return work({
        database,
        collection: database.collection(target.collection),
        host,
        options: {
          signal: AbortSignal.any([signal, others.signal]),
          maxTimeMS: Math.max(1, Math.ceil(endsAt - performance.now())),
        },
      });
    },
  });
}

/** For messages. */
export function placeOf({
  database,
  collection,
}: Pick<MongoTarget, "database" | "collection">): string {
  return `collection '${database}.${collection}'`;
}

function nameOf({ host, port }: MongoMember): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function nameIn({ at }: MongoAddress): string {
  return "srv" in at ? at.srv : at.members.map(nameOf).join(",");
}
