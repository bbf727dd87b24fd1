import { type Client, ClientError, createClient } from "../../src/client/http-client.ts";

const KEY = "groundwire-key";

/** The key typed in this tab; it is gone when the tab is closed. */
export function storedKey(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

export function storeKey(key: string): void {
  sessionStorage.setItem(KEY, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(KEY);
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

/** The server wants a key, or refused the one it got. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof ClientError && error.status === 401;
}

/** No server answers, or the connection broke off. */
export function isOffline(error: unknown): boolean {
  return error instanceof ClientError && error.status === 0;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Saves an answer of the server as a file of the reader's. */
export async function download(path: string, filename: string): Promise<void> {
  const response = await fetch(path, { headers: authHeaders() });
  if (!response.ok) throw new ClientError(response.status, response.statusText);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = filename;
  link.click();
  URL.revokeObjectURL(url);
}
