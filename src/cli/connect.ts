import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Client, createClient } from "../client/http-client.ts";
import { readEnvironment } from "../config/env.ts";
import { loadSettings } from "../config/load.ts";
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
  const named = options.url ?? environment["GROUNDWIRE_URL"];
  const { settings } = loadSettings({
    ...environment,
    LOG_LEVEL: environment["LOG_LEVEL"] ?? "error",
  });
  const key = options.key ?? environment["GROUNDWIRE_API_KEY"] ?? settings.apiKeys[0]?.key;
  const clientAt = (url: string): Client =>
    createClient({ url: url.replace(/\/+$/u, ""), signal, ...(key === undefined ? {} : { key }) });

  const running = named ?? (await runningServer(settings.dataDir));
  if (running !== null)
    return { client: clientAt(running), [Symbol.asyncDispose]: async () => undefined };
  const server = await startServer({ ...settings, host: "127.0.0.1", port: 0 });
  return { client: clientAt(server.url), [Symbol.asyncDispose]: () => server.close() };
}

/** Where the server of this data folder listens, when it is alive. */
async function runningServer(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, "server.json"), "utf8").catch(() => null);
  if (text === null) return null;
  // Written by `startServer`.
  const { url } = JSON.parse(text) as { url: string };
  const health = await fetch(`${url}/healthz`).catch(() => null);
  return health?.ok ? url : null;
}
