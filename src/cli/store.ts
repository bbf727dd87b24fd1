import type { Client, VectorStore } from "../client/http-client.ts";
import { UsageError } from "./usage.ts";

/** A vector store by id or by name. */
export async function findStore(client: Client, nameOrId: string): Promise<VectorStore | null> {
  for await (const store of client.vectorStores()) {
    if (store.id === nameOrId || store.name === nameOrId) return store;
  }
  return null;
}

export async function requireStore(client: Client, nameOrId: string): Promise<VectorStore> {
  const store = await findStore(client, nameOrId);
  if (store) return store;
  const names: string[] = [];
  for await (const { name, id } of client.vectorStores()) names.push(name ?? id);
  throw new UsageError(
    `There is no store '${nameOrId}'. ${names.length > 0 ? `There are: ${names.join(", ")}.` : "Make one with `groundwire ingest`."}`,
  );
}
