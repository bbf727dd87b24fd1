import type { Client } from "../client/http-client.ts";
import type { Origin } from "./local-files.ts";

/** What earlier runs have put into a store. */
export interface KnownFiles {
  /** The same content has been read already. */
  isCurrent(origin: Origin): boolean;
  /** Ids of what stands for the same path with another content, or was not read. */
  outdated(origin: Origin): string[];
}

/** Files that did not come from the command line have no origin and are left alone. */
export async function knownFiles(client: Client, storeId: string): Promise<KnownFiles> {
  const contents = new Set<unknown>();
  const byPath = new Map<unknown, { id: string; sha256: unknown; isRead: boolean }[]>();
  for await (const { id, status, attributes } of client.storeFiles(storeId)) {
    const { path, sha256 } = attributes;
    if (path === undefined || sha256 === undefined) continue;
    const isRead = status === "completed";
    if (isRead) contents.add(sha256);
    byPath.set(path, [...(byPath.get(path) ?? []), { id, sha256, isRead }]);
  }
  return {
    isCurrent: ({ sha256 }) => contents.has(sha256),
    outdated: ({ path, sha256 }) =>
      (byPath.get(path) ?? [])
        .filter((file) => !file.isRead || file.sha256 !== sha256)
        .map(({ id }) => id),
  };
}
