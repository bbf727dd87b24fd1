import { Worker } from "node:worker_threads";

import { connectMethods, type Methods } from "../../util/worker-rpc.ts";
import type { ConversationDriver } from "../conversation-driver.ts";

/** Conversations in a SQLite file, in a thread of their own. Rejects when the file cannot be used. */
export async function openSqliteConversations(path: string): Promise<ConversationDriver> {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const connection = connectMethods<Methods>(
    () => new Worker(new URL(`./worker.${suffix}`, import.meta.url), { workerData: { path } }),
  );
  await connection.methods["ready"]?.();
  const store = new Proxy(
    { close: () => connection.close() },
    {
      get: (target, method) =>
        method === "close"
          ? target.close
          : method === "then" // a store is no promise
            ? undefined
            : connection.methods[String(method)],
    },
  );
  // The thread serves the store's methods by their names.
  return store as unknown as ConversationDriver;
}
