import type { MongoClient, MongoClientOptions } from "mongodb";

import type { HostGuard } from "../../upstream/host-guard.ts";
import { untilAborted } from "../../util/until-aborted.ts";
import type { MongoAddress, MongoMember } from "./address.ts";
import { type ConnectionBounds, boundedConnection } from "./bounded-connection.ts";

/** One member, and how one gets in. */
export interface MongoServer
  extends
    MongoMember,
    Pick<MongoAddress, "tls" | "credentials" | "mechanism" | "authSource" | "appName"> {}

export interface OpenOptions extends ConnectionBounds {
  guard: HostGuard;
  /** Longest wait for a connection that lets us in. */
  connectMs: number;
  /** Longest silence within an answer. */
  silenceMs: number;
  signal: AbortSignal;
}

const MOST_CONNECTIONS = 16;
const IDLE_CONNECTION_MS = 60_000;

/**
 * Connects to this member and to no other: what a server says of further members would lead the driver past the guard.
 * Rejects with an error of the driver, or a `GroundwireError` from the guard or the bounds somewhere in its causes; with the
 * signal's reason when aborted.
 */
export async function openClient(server: MongoServer, options: OpenOptions): Promise<MongoClient> {
  const { host, port, tls } = server;
  const { guard, signal } = options;
  guard.check(host, port, { encrypted: tls });
  const { MongoClient } = await import("mongodb");
  signal.throwIfAborted();
  const shown = host.includes(":") ? `[${host}]` : host;
  const client = new MongoClient(`mongodb://${shown}:${port}/`, clientOptions(server, options));
  // The driver would try again and again for as long as it may wait for a server; whoever asks has members left to try.
  const failed = new Promise<never>((_, reject) => {
    client.once("serverHeartbeatFailed", ({ failure }) => reject(failure));
  });
  try {
    await untilAborted(Promise.race([client.connect(), failed]), signal);
    return client;
  } catch (error) {
    closeQuietly(client);
    throw error;
  }
}

function clientOptions(
  { port, tls, credentials, mechanism, authSource, appName }: MongoServer,
  { guard, connectMs, silenceMs, mostBytes, refuse }: OpenOptions,
): MongoClientOptions {
  const options = {
    directConnection: true,
    tls,
    lookup: guard.lookup(port),
    connectionType: boundedConnection({ mostBytes, refuse }),
    ...(credentials === null
      ? {}
      : {
          auth: credentials,
          ...(mechanism === null ? {} : { authMechanism: mechanism }),
          ...(authSource === null ? {} : { authSource }),
        }),
    ...(appName === null ? {} : { appName }),
    driverInfo: { name: "groundwire" },
    connectTimeoutMS: connectMs,
    // Longer than a connection may take, so that it is the connection that is spoken of.
    serverSelectionTimeoutMS: 2 * connectMs,
    waitQueueTimeoutMS: connectMs,
    socketTimeoutMS: silenceMs,
    maxPoolSize: MOST_CONNECTIONS,
    maxIdleTimeMS: IDLE_CONNECTION_MS,
    serverMonitoringMode: "poll" as const,
    // Patterns of a stranger stay text.
    bsonRegExp: true,
    enableUtf8Validation: false,
  };
  return options;
}

/** Closing says goodbye to the server, which may be gone. */
export function closeQuietly(client: MongoClient): void {
  client.close().catch(() => {});
}
