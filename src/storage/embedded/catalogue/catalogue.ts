import { Worker } from "node:worker_threads";

import { connectMethods, type Methods } from "../../../util/worker-rpc.ts";
import type { Storage } from "../../storage.ts";

type Catalogue = Pick<
  Storage,
  "files" | "vectorStores" | "jobs" | "keys" | "responses" | "sessions" | "usage"
> & {
  /** Rejects when the database cannot be used. */
  ready(): Promise<void>;
  close(): Promise<void>;
};

/** The catalogue database in a thread of its own: one writer, so no lock is ever waited for. */
export function openCatalogue(path: string): Catalogue {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const connection = connectMethods<Methods>(
    () => new Worker(new URL(`./worker.${suffix}`, import.meta.url), { workerData: { path } }),
  );
  /** Calls `concept.method`; the interface's types say what goes in and comes out. */
  const concept = <T>(name: string): T =>
    new Proxy(
      {},
      { get: (_target, method) => connection.methods[`${name}.${String(method)}`] },
    ) as T;
  return {
    files: concept("files"),
    vectorStores: concept("vectorStores"),
    jobs: concept("jobs"),
    keys: concept("keys"),
    responses: concept("responses"),
    sessions: concept("sessions"),
    usage: concept("usage"),
    async ready() {
      await connection.methods["ready"]?.();
    },
    close: () => connection.close(),
  };
}
