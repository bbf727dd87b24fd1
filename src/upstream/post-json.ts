import type { Dispatcher } from "undici";

import { GroundwireError } from "../protocol/errors.ts";

export interface PostJson {
  dispatcher: Dispatcher;
  url: URL;
  headers: Record<string, string>;
  body: unknown;
  signal: AbortSignal;
  /** Operator's key, never shown. */
  secret: string | null;
}

export interface UpstreamReply {
  contentType: string;
  body: AsyncIterable<Uint8Array>;
}

/** Reasoning models think for minutes before their first byte, and between two. */
const SILENCE_MS = 10 * 60 * 1000;
const MOST_ERROR_CHARACTERS = 2_000;

/**
 * Posts JSON to a model's server and answers its reply when it is a success.
 * @throws GroundwireError `rate_limited` (with `retryAfter`), `upstream_refused`, `upstream_unavailable`, `upstream_timeout`;
 *   the signal's reason when aborted.
 */
export async function postJson({
  dispatcher,
  url,
  headers,
  body,
  signal,
  secret,
}: PostJson): Promise<UpstreamReply> {
  const reply = await dispatcher
    .request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: "POST",
      headers: { "content-type": "application/json", "accept-encoding": "identity", ...headers },
      body: JSON.stringify(body),
      signal,
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
    })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw unreachable(error, url);
    });
  if (reply.statusCode < 400) {
    return { contentType: String(reply.headers["content-type"] ?? ""), body: reply.body };
  }
  const text = await reply.body.text().catch(() => "");
  throw refusal(reply.statusCode, {
    text: secret === null ? text : text.replaceAll(secret, "***"),
    headers: reply.headers,
  });
}

/** Whatever breaks off an answer while it is read. */
export function unreachable(error: unknown, url: URL): GroundwireError {
  if (error instanceof GroundwireError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.endsWith("_TIMEOUT")
    ? new GroundwireError(
        "upstream_timeout",
        `The model's server at ${url.host} has not answered in time.`,
        { cause: error },
      )
    : new GroundwireError(
        "upstream_unavailable",
        `The model's server at ${url.host} cannot be reached, or broke off its answer.`,
        {
          cause: error,
        },
      );
}

function refusal(
  status: number,
  { text, headers }: { text: string; headers: Record<string, string | string[] | undefined> },
): GroundwireError {
  const message = messageOf(text);
  if (status === 429) {
    const seconds = Number(headers["retry-after-ms"]) / 1000 || Number(headers["retry-after"]) || 1;
    return new GroundwireError(
      "rate_limited",
      `Server responded with status 429. Error message: ${message}`,
      {
        retryAfter: Math.min(60, seconds),
      },
    );
  }
  if (status === 401 || status === 403) {
    return new GroundwireError(
      "upstream_refused",
      "The model's server refused the key this server is configured with. Its operator must correct it.",
    );
  }
  const explanation = `An error occurred when calling the model: Server responded with status ${status}. Error message: ${message}`;
  return status >= 500
    ? new GroundwireError("upstream_unavailable", explanation)
    : new GroundwireError("upstream_refused", explanation, { upstream: { status, body: text } });
}

function messageOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "error" in parsed) {
      const { error } = parsed;
      if (typeof error === "object" && error !== null && "message" in error) {
        return String(error.message).slice(0, MOST_ERROR_CHARACTERS);
      }
    }
  } catch {
    // Not JSON: shown as it is.
  }
  return text.slice(0, MOST_ERROR_CHARACTERS);
}
