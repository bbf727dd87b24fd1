import { type Client, createClient } from "../../src/client/http-client.ts";

const KEY = "groundwire-key";

/** The key typed in this tab; it is gone when the tab is closed. */
export function storedKey(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

export function storeKey(key: string): void {
  sessionStorage.setItem(KEY, key);
}

export function connect(signal?: AbortSignal): Client {
  const key = storedKey();
  return createClient({
    url: location.origin,
    ...(key === undefined ? {} : { key }),
    ...(signal ? { signal } : {}),
  });
}

export function authHeaders(): Record<string, string> {
  const key = storedKey();
  return key === undefined ? {} : { "api-key": key };
}
