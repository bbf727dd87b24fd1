/** One request of a client and what it was answered. */
export interface Exchange {
  /** Name and version of the client. */
  client: string;
  method: string;
  /** Path without its query, as the client wrote it. */
  path: string;
  apiVersion: string | null;
  status: number;
  contentType: string;
  /** Complete body as text; null when the client left before its end. */
  body: string | null;
}

export interface Recorder {
  /** A `fetch` for one client: the platform's own, watched. */
  fetchOf(client: string): typeof fetch;
  /** All exchanges so far, with their bodies read to the end. */
  exchanges(): Promise<Exchange[]>;
}

/** Clients keep their own connections and decoders; only a copy of each answer is read here. */
export function createRecorder(): Recorder {
  const recorded: Promise<Exchange>[] = [];
  return {
    fetchOf: (client) => async (input, init) => {
      const request = new Request(input, { ...init, ...(init?.body ? { duplex: "half" } : {}) });
      const { method } = request;
      const url = new URL(request.url);
      const response = await fetch(request);
      recorded.push(
        bodyOf(response.clone()).then((body) => ({
          client,
          method,
          path: url.pathname,
          apiVersion: url.searchParams.get("api-version"),
          status: response.status,
          contentType: response.headers.get("content-type") ?? "",
          body,
        })),
      );
      return response;
    },
    exchanges: () => Promise.all(recorded),
  };
}

async function bodyOf(response: Response): Promise<string | null> {
  try {
    return await response.text();
  } catch {
    return null;
  }
}
