import { join } from "node:path";

import type { ConversationSettings } from "../config/settings.ts";
import type { ConversationDriver } from "./conversation-driver.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { encryptConversations } from "./encrypted.ts";
import { openMemoryDriver } from "./memory.ts";
import { searchBySignature } from "./search-by-signature.ts";
import { PUBLIC_KEY } from "./signature.ts";
import { openSqliteConversations } from "./sqlite/sqlite.ts";

/**
 * The store of the settings, by its URL. Drivers of databases are loaded only when they are used.
 * Rejects, naming the host and never the password, when it cannot be opened.
 */
export async function openConversations(
  { url, encryptionKey }: Pick<ConversationSettings, "url" | "encryptionKey">,
  dataDir: string,
): Promise<ConversationStore> {
  const { driver, isSearchable } = await openByUrl(url, dataDir).catch((cause: unknown) => {
    const where = URL.canParse(url) ? new URL(url).host || url : url;
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new Error(`The store of the conversations cannot be opened (${where}): ${reason}`, {
      cause,
    });
  });
  if (encryptionKey !== null) return encryptConversations(driver, encryptionKey);
  return isSearchable ? driver : searchBySignature(driver, () => PUBLIC_KEY);
}

/** Some databases search the texts they hold by themselves. */
async function openByUrl(
  url: string,
  dataDir: string,
): Promise<{ driver: ConversationDriver; isSearchable: boolean }> {
  switch (url.slice(0, url.indexOf(":"))) {
    case "memory":
      return { driver: openMemoryDriver(), isSearchable: false };
    case "redis":
    case "rediss": {
      const { openRedisConversations } = await import("./redis/redis.ts");
      return { driver: await openRedisConversations(url), isSearchable: false };
    }
    case "postgres":
    case "postgresql": {
      const { openPostgresConversations } = await import("./postgres/postgres.ts");
      return { driver: await openPostgresConversations(url), isSearchable: true };
    }
    default: {
      const path = join(dataDir, "conversations.sqlite");
      return { driver: await openSqliteConversations(path), isSearchable: true };
    }
  }
}
