import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Authenticator, createAuthenticator } from "../auth/authenticate.ts";
import type { Principal } from "../auth/principal.ts";
import { createStoredKeys, type NewKey, type StoredKeys } from "../auth/stored-keys.ts";
import type { IncomingHttpHeaders } from "node:http";
import type { ApiKeySetting, Settings } from "../config/settings.ts";
import { openEmbeddedStorage } from "../storage/embedded/embedded.ts";

/** A key of the configuration: for chat and files, without limits, unless said otherwise. */
export function testKey(
  key: Pick<ApiKeySetting, "tenant" | "name" | "key"> & Partial<ApiKeySetting>,
): ApiKeySetting {
  return {
    scopes: ["chat", "files"],
    mode: null,
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    groups: null,
    budget: null,
    ...key,
  };
}

/** A key to be stored: as `testKey`. */
export function newKey(key: Pick<NewKey, "tenant" | "name"> & Partial<NewKey>): NewKey {
  return {
    scopes: ["chat", "files"],
    mode: null,
    requestsPerMinute: null,
    tokensPerMinute: null,
    budget: null,
    expiresAt: null,
    ...key,
  };
}

export interface TestAuthenticator extends Omit<Authenticator, "authenticate">, AsyncDisposable {
  /** Who sends a GET with these headers. */
  authenticate(headers: IncomingHttpHeaders): Promise<Principal>;
  storedKeys: StoredKeys;
}

export const TEST_ADMIN_KEY = "admin-key-of-this-server";

/** Over real storage in a folder of its own; on loopback and keyless unless `settings` say otherwise. */
export async function openTestAuthenticator(
  settings: Partial<Pick<Settings, "host" | "apiKeys" | "entra">> = {},
  now: () => number = () => Math.floor(Date.now() / 1000),
): Promise<TestAuthenticator> {
  const dataDir = await mkdtemp(join(tmpdir(), "groundwire-keys-"));
  const storage = await openEmbeddedStorage({ dataDir });
  const onError = (error: unknown): never => {
    throw error;
  };
  const storedKeys = createStoredKeys({ records: storage.keys, now, onError });
  const authenticator = createAuthenticator({
    settings: { host: "127.0.0.1", apiKeys: [], entra: null, ...settings },
    storedKeys,
    sessions: null,
    adminKey: TEST_ADMIN_KEY,
    now,
  });
  return {
    isKeyless: () => authenticator.isKeyless(),
    authenticate: (headers) => authenticator.authenticate({ method: "GET", headers }),
    storedKeys,
    async [Symbol.asyncDispose]() {
      await storage.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
