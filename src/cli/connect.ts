import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Client, createClient } from "../client/http-client.ts";
import { readEnvironment } from "../config/env.ts";
import { loadSettings, parseApiKeys } from "../config/load.ts";

export interface Connection extends AsyncDisposable {
  client: Client;
  /** Without a slash at its end. */
  url: string;
  /** What the client presents; undefined: nothing. */
  key: string | undefined;
}

/**
 * The server a command talks to: the one named, else the one that runs on the data folder, else one started for as long
 * as the command runs. `asOperator`: with the key that a server gives to whoever can read its data folder; a server that
 * was named gets the caller's own key all the same.
 */
export async function connect(
  options: { url?: string; key?: string; asOperator?: boolean },
  signal: AbortSignal,
): Promise<Connection> {
  const environment = readEnvironment();
  const ownKey = options.key ?? environment["GROUNDWIRE_API_KEY"];
  const named = options.url ?? environment["GROUNDWIRE_URL"];
  const [firstKey] = parseApiKeys(environment["GROUNDWIRE_API_KEYS"]);
  const connectTo = ({
    url: given,
    adminKey,
  }: Address): Omit<Connection, keyof AsyncDisposable> => {
    const key = options.asOperator
      ? (options.key ?? adminKey ?? ownKey)
      : (ownKey ?? firstKey?.key);
    const url = given.replace(/\/+$/u, "");
    return {
      url,
      key,
      client: createClient({ url, signal, ...(key === undefined ? {} : { key }) }),
    };
  };
  const toRunning = (address: Address): Connection => ({
    ...connectTo(address),
    [Symbol.asyncDispose]: async () => undefined,
  });
  if (named !== undefined) return toRunning({ url: named });

  const { settings } = loadSettings({
    ...environment,
    LOG_LEVEL: environment["LOG_LEVEL"] ?? "error",
  });
  const running = await runningServer(settings.dataDir);
  if (running !== null) return toRunning(running);
  // Most of the program, which a command that talks to a running server never needs.
  const { startServer } = await import("../server.ts");
  const server = await startServer({ ...settings, host: "127.0.0.1", port: 0 });
  return {
    ...connectTo(server),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** What `startServer` writes down about itself. */
interface Address {
  url: string;
  adminKey?: string;
}

/** Where the server of this data folder listens, when it is alive. */
async function runningServer(dataDir: string): Promise<Address | null> {
  const text = await readFile(join(dataDir, "server.json"), "utf8").catch(() => null);
  const address = text === null ? null : addressIn(text);
  if (address === null) return null;
  const health = await fetch(`${address.url}/healthz`).catch(() => null);
  return health?.ok ? address : null;
}

/** A machine that lost power may have left half a file. */
function addressIn(text: string): Address | null {
  try {
    // Written by `startServer`.
    const { url, admin_key: adminKey } = JSON.parse(text) as { url: string; admin_key: string };
    return { url, adminKey };
  } catch {
    return null;
  }
}
