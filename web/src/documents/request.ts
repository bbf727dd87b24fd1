import { ClientError } from "../../../src/client/http-client.ts";
import { authHeaders } from "../session.ts";

/** A request to the server with the reader's key. Rejects with `ClientError`, in the server's own words. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, {
    ...init,
    headers: {
      ...authHeaders(),
      ...(init.body === undefined ? {} : { "content-type": "application/json" }),
    },
  }).catch((error: unknown) => {
    init.signal?.throwIfAborted();
    throw new ClientError(0, "The server cannot be reached.", { cause: error });
  });
  if (response.ok) return response;
  const body = await response.text();
  throw new ClientError(
    response.status,
    messageIn(body) ?? `The server answered ${response.status}.`,
    {
      headers: response.headers,
    },
  );
}

/** What the server says went wrong; null when it is not one of its answers. */
export function messageIn(body: string): string | null {
  try {
    const { error }: { error?: { message?: unknown } } = JSON.parse(body);
    return typeof error?.message === "string" ? error.message : null;
  } catch {
    return null;
  }
}
