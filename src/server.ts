import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { pino } from "pino";

import { createApp } from "./app.ts";
import type { Settings } from "./config/settings.ts";
import { openServices, type WayIn, wayIn } from "./services.ts";

export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  url: string;
  wayIn: WayIn;
  /** Lets whoever can read the data folder manage keys while it runs. */
  adminKey: string;
  /** Stops taking requests, lets streams finish (or tells them), gives jobs back and closes the storage. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the data folder and serves. While it runs, `server.json` in the data folder says where, so that the
 * command line finds it, and lets it manage keys; nobody else may read it. Rejects when the port or the folder is taken.
 */
export async function startServer(settings: Settings): Promise<RunningServer> {
  // Standard output is for people: what the command says.
  const logger = pino({ level: settings.logLevel }, pino.destination(process.stderr.fd));
  const services = await openServices(settings, logger);
  const addressFile = join(settings.dataDir, "server.json");
  try {
    const app = await createApp(services.http);
    const url = await app.listen({ host: settings.host, port: settings.port });
    const { adminKey } = services.http;
    const way = await wayIn(settings, services.http.storage.keys);
    // A file left behind would keep its own mode.
    await rm(addressFile, { force: true });
    const address = { url, pid: process.pid, admin_key: adminKey };
    await writeFile(addressFile, JSON.stringify(address), { mode: 0o600 });
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      await rm(addressFile, { force: true });
      await app.close();
      await services[Symbol.asyncDispose]();
    };
    return { url, wayIn: way, adminKey, close: () => (closing ??= close()) };
  } catch (error) {
    await services[Symbol.asyncDispose]();
    throw error;
  }
}
