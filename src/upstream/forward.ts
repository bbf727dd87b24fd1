import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import { GroundwireError, toGroundwireError } from "../protocol/errors.ts";
import { encodeEvent } from "../protocol/sse.ts";

export interface ForwardOptions {
  dispatcher: Dispatcher;
  /** Where to, with the operator's credentials in `headers`. */
  target: { url: URL; headers: Record<string, string> };
  /** The operator's key, masked should an upstream repeat it; null when there is none. */
  secret: string | null;
  body: Uint8Array;
  /** The caller's headers, of which a few are handed on. */
  callerHeaders: IncomingHttpHeaders;
  reply: ServerResponse;
  /** Written beside what the upstream sends. */
  replyHeaders: Record<string, string>;
  /** Aborted when the client is gone; with a `GroundwireError` when the client is to be told. */
  signal: AbortSignal;
  /** JSON of an error, for the event that ends a broken stream. */
  toErrorBody: (error: GroundwireError) => string;
}

const REQUEST_HEADERS = ["accept", "openai-beta"];
const RESPONSE_HEADERS =
  /^(content-type|content-length|retry-after|retry-after-ms|x-should-retry|openai-processing-ms|openai-model|x-ratelimit-[a-z-]+|x-ms-region|x-ms-rai-invoked|azureml-model-session)$/;
/** Largest error body that is read; a model's errors are short. */
const MAX_ERROR_BYTES = 64 * 1024;
/** Reasoning models think for minutes before their first byte, and between two. */
const SILENCE_MS = 10 * 60 * 1000;

/**
 * Hands a request on byte for byte and its answer back as it comes, at the speed of the slower side.
 * Resolves when the reply has ended, or the client has. Nothing has been written when it rejects: with the upstream's
 * own answer (`error.upstream`) when that is an error, or with `upstream_unavailable`, `upstream_timeout`.
 */
export function forward(options: ForwardOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const handler = createHandler(options, { resolve, reject });
  const { dispatcher, target, body, callerHeaders } = options;
  const passedOn = REQUEST_HEADERS.flatMap((name) => {
    const value = callerHeaders[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
  try {
    dispatcher.dispatch(
      {
        origin: target.url.origin,
        path: target.url.pathname + target.url.search,
        method: "POST",
        headers: {
          ...Object.fromEntries(passedOn),
          "content-type": "application/json",
          "accept-encoding": "identity",
          ...target.headers,
        },
        body,
        headersTimeout: SILENCE_MS,
        bodyTimeout: SILENCE_MS,
      },
      handler,
    );
  } catch (error) {
    reject(unavailable(error));
  }
  return promise;
}

interface Settle {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** One answer on its way from upstream to client. undici needs all five callbacks. */
function createHandler(
  options: ForwardOptions,
  { resolve, reject }: Settle,
): Dispatcher.DispatchHandler {
  const { reply, signal } = options;
  let upstream: Dispatcher.DispatchController | null = null;
  let refusal: Refusal | null = null;
  let isEventStream = false;

  const abortUpstream = (): void => upstream?.abort(new Error("the client is gone"));
  const goOn = (): void => upstream?.resume();
  signal.addEventListener("abort", abortUpstream, { once: true });
  reply.on("drain", goOn);

  function settle(error?: unknown): void {
    signal.removeEventListener("abort", abortUpstream);
    reply.off("drain", goOn);
    if (error === undefined) resolve();
    else reject(error);
  }

  return {
    onRequestStart(controller) {
      upstream = controller;
      // The client may have left while this request waited for a connection.
      if (signal.aborted) abortUpstream();
    },
    onResponseStart(_controller, status, headers) {
      if (status < 200) return;
      if (status >= 400) {
        refusal = { status, headers, chunks: [], bytes: 0 };
        return;
      }
      isEventStream = String(headers["content-type"] ?? "").startsWith("text/event-stream");
      reply.writeHead(status, {
        ...pickResponseHeaders(headers),
        ...(isEventStream ? { "cache-control": "no-cache", "x-accel-buffering": "no" } : {}),
        ...options.replyHeaders,
      });
    },
    onResponseData(controller, chunk) {
      if (refusal === null) {
        if (!reply.write(chunk)) controller.pause();
      } else if (refusal.bytes < MAX_ERROR_BYTES) {
        refusal.chunks.push(chunk);
        refusal.bytes += chunk.length;
      }
    },
    onResponseEnd() {
      if (refusal !== null) return settle(toError(refusal, options.secret));
      reply.end();
      settle();
    },
    onResponseError(_controller, cause) {
      const error = signal.aborted ? goodbye(signal.reason) : unavailable(cause);
      if (!reply.headersSent) return settle(error ?? undefined);
      // What has been sent cannot be unsaid: a stream ends with its error, anything else is visibly cut off.
      if (error !== null && isEventStream)
        reply.end(`\n\n${encodeEvent(options.toErrorBody(error))}`);
      else reply.destroy();
      settle();
    },
  };
}

interface Refusal {
  status: number;
  headers: IncomingHttpHeaders;
  chunks: Buffer[];
  bytes: number;
}

function toError({ status, headers, chunks }: Refusal, secret: string | null): GroundwireError {
  if (status === 401) {
    return new GroundwireError(
      "upstream_refused",
      "The model's server refused the key this server is configured with. Its operator must correct it.",
    );
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const body = secret === null ? text : text.replaceAll(secret, "***");
  const retryAfter =
    Number(headers["retry-after-ms"] ?? Number.NaN) / 1000 ||
    Number(headers["retry-after"] ?? Number.NaN);
  return new GroundwireError("upstream_refused", `The model's server answered ${status}.`, {
    upstream: { status, body },
    ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
  });
}

/** What the client is told when its request was ended from our side; null when the client itself is gone. */
function goodbye(reason: unknown): GroundwireError | null {
  return reason instanceof GroundwireError ? reason : null;
}

function unavailable(cause: unknown): GroundwireError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") {
    return new GroundwireError("upstream_timeout", "The model's server has not answered in time.", {
      cause,
    });
  }
  if (code === undefined && cause instanceof GroundwireError) return toGroundwireError(cause);
  return new GroundwireError(
    "upstream_unavailable",
    "The model's server cannot be reached, or broke off its answer.",
    {
      cause,
    },
  );
}

function pickResponseHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const picked: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && RESPONSE_HEADERS.test(name)) picked[name] = value;
  }
  return picked;
}
