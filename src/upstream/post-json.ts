import { failureOf, refusalOf } from "./failures.ts";
import type { Operation, UpstreamTarget } from "./target.ts";

export interface PostJson {
  target: UpstreamTarget;
  operation: Operation;
  body: unknown;
  signal: AbortSignal;
}

export interface UpstreamReply {
  contentType: string;
  body: AsyncIterable<Uint8Array>;
}

/**
 * Posts JSON to a model's server and answers its reply when it is a success.
 * @throws GroundwireError `rate_limited` (with `retryAfter`), `upstream_refused`, `upstream_unavailable`, `upstream_timeout`;
 *   the signal's reason when aborted.
 */
export async function postJson({
  target,
  operation,
  body,
  signal,
}: PostJson): Promise<UpstreamReply> {
  const url = target.url(operation);
  const credentials = await target.credentials(signal);
  const reply = await target.dispatcher
    .request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: "POST",
      headers: {
        "content-type": "application/json",
        "accept-encoding": "identity",
        ...credentials,
      },
      body: JSON.stringify(body),
      signal,
      headersTimeout: target.firstByteMs,
      bodyTimeout: target.idleMs,
    })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw failureOf(error, url.host);
    });
  if (reply.statusCode < 400) {
    return { contentType: String(reply.headers["content-type"] ?? ""), body: reply.body };
  }
  const text = await reply.body.text().catch(() => "");
  throw refusalOf(
    { status: reply.statusCode, headers: reply.headers, text },
    { host: url.host, secret: target.secret },
  );
}

/** The whole reply as text. Rejects with a `GroundwireError` when it breaks off. */
export async function readText({ body }: UpstreamReply, host: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of body) pieces.push(piece);
  } catch (error) {
    throw failureOf(error, host);
  }
  return Buffer.concat(pieces).toString("utf8");
}
