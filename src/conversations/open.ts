import { join } from "node:path";

import type { ConversationSettings } from "../config/settings.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { encryptConversations } from "./encrypted.ts";
import { openMemoryConversations } from "./memory.ts";
import { openSqliteConversations } from "./sqlite/sqlite.ts";

/**
 * The store of the settings, by its URL. Drivers of databases are loaded only when they are used.
 * Rejects, naming the host and never the password, when it cannot be opened.
 */
export async function openConversations(
  { url, encryptionKey }: Pick<ConversationSettings, "url" | "encryptionKey">,
  dataDir: string,
): Promise<ConversationStore> {
  const store = await openByUrl(url, dataDir).catch((cause: unknown) => {
    const where = URL.canParse(url) ? new URL(url).host || url : url;
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new Error(`The store of the conversations cannot be opened (${where}): ${reason}`, {
      cause,
    });
  });
  return encryptionKey === null ? store : encryptConversations(store, encryptionKey);
}

async function openByUrl(url: string, dataDir: string): Promise<ConversationStore> {
  switch (url.slice(0, url.indexOf(":"))) {
    case "memory":
      return openMemoryConversations();
    case "redis":
    case "rediss": {
      const { openRedisConversations } = await import("./redis/redis.ts");
      return openRedisConversations(url);
    }
    case "postgres":
    case "postgresql": {
      const { openPostgresConversations } = await import("./postgres/postgres.ts");
      return openPostgresConversations(url);
    }
    default:
      return openSqliteConversations(join(dataDir, "conversations.sqlite"));
  }
}
