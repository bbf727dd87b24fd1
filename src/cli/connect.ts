import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Client, createClient } from "../client/http-client.ts";
import { readEnvironment } from "../config/env.ts";
import { loadSettings, parseApiKeys } from "../config/load.ts";
import { startServer } from "../server.ts";

export interface Connection extends AsyncDisposable {
  client: Client;
}

/**
 * The server a command talks to: the one named, else the one that runs on the data folder, else one started for as long
 * as the command runs.
 */
export async function connect(
  options: { url?: string; key?: string },
  signal: AbortSignal,
): Promise<Connection> {
  const environment = readEnvironment();
  const ownKey = options.key ?? environment["GROUNDWIRE_API_KEY"];
  const named = options.url ?? environment["GROUNDWIRE_URL"];
  const [firstKey] = parseApiKeys(environment["GROUNDWIRE_API_KEYS"]);
  const clientAt = (url: string): Client => {
    const key = ownKey ?? firstKey?.key;
    return createClient({
      url: url.replace(/\/+$/u, ""),
      signal,
      ...(key === undefined ? {} : { key }),
    });
  };
  const toRunning = (url: string): Connection => ({
    client: clientAt(url),
    [Symbol.asyncDispose]: async () => undefined,
  });
  if (named !== undefined) return toRunning(named);

  const { settings } = loadSettings({
    ...environment,
    LOG_LEVEL: environment["LOG_LEVEL"] ?? "error",
  });
  const running = await runningServer(settings.dataDir);
  if (running !== null) return toRunning(running);
  const server = await startServer({ ...settings, host: "127.0.0.1", port: 0 });
  return { client: clientAt(server.url), [Symbol.asyncDispose]: () => server.close() };
}

/** Where the server of this data folder listens, when it is alive. */
async function runningServer(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, "server.json"), "utf8").catch(() => null);
  if (text === null) return null;
  const url = urlIn(text);
  const health = url === null ? null : await fetch(`${url}/healthz`).catch(() => null);
  return health?.ok ? url : null;
}

/** A machine that lost power may have left half a file. */
function urlIn(text: string): string | null {
  try {
    // Written by `startServer`.
    return (JSON.parse(text) as { url: string }).url;
  } catch {
    return null;
  }
}
