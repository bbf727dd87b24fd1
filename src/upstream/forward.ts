import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import { GroundwireError } from "../protocol/errors.ts";
import { encodeEvent } from "../protocol/sse.ts";
import { failureOf, refusalOf } from "./failures.ts";
import { createLineGate, type LineGate } from "./line-gate.ts";
import type { Operation, UpstreamTarget } from "./target.ts";

export interface ForwardOptions {
  target: UpstreamTarget;
  operation: Operation;
  body: Uint8Array;
  /** The caller's headers, of which a few are handed on. */
  callerHeaders: IncomingHttpHeaders;
  reply: ServerResponse;
  /** Written beside what the upstream sends; asked for when it does. */
  replyHeaders: () => Record<string, string>;
  /** Given every piece of a successful answer, for accounting. */
  onData?: (chunk: Uint8Array) => void;
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

/**
 * Hands a request on byte for byte and its answer back as it comes, at the speed of the slower side.
 * Resolves when the reply has ended, or the client has. Nothing has been written when it rejects: with the upstream's
 * own answer (`error.upstream`) when that is an error, or with `upstream_unavailable`, `upstream_timeout`.
 */
export async function forward(options: ForwardOptions): Promise<void> {
  const { target, operation, body, callerHeaders, signal } = options;
  const url = target.url(operation);
  const credentials = await target.credentials(signal);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const handler = createHandler(options, { resolve, reject });
  const passedOn = REQUEST_HEADERS.flatMap((name) => {
    const value = callerHeaders[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
  try {
    target.dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: "POST",
        headers: {
          ...Object.fromEntries(passedOn),
          "content-type": "application/json",
          "accept-encoding": "identity",
          ...credentials,
        },
        body,
        headersTimeout: target.firstByteMs,
        bodyTimeout: target.idleMs,
      },
      handler,
    );
  } catch (error) {
    reject(failureOf(error, url.host));
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
  const { reply, signal, target } = options;
  const { host } = target.url(options.operation);
  let upstream: Dispatcher.DispatchController | null = null;
  let refusal: Refusal | null = null;
  /** For an event stream. */
  let gate: LineGate | null = null;

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

  /** What has been sent cannot be unsaid: a stream ends with its error, anything else is visibly cut off. */
  function failWithin(error: GroundwireError | null): void {
    if (error !== null && gate !== null) reply.end(`\n${encodeEvent(options.toErrorBody(error))}`);
    else reply.destroy();
    settle();
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
      const isEventStream = String(headers["content-type"] ?? "").startsWith("text/event-stream");
      if (isEventStream) gate = createLineGate();
      reply.writeHead(status, {
        ...pickResponseHeaders(headers),
        ...(isEventStream ? { "cache-control": "no-cache", "x-accel-buffering": "no" } : {}),
        ...options.replyHeaders(),
      });
    },
    onResponseData(controller, chunk) {
      if (refusal === null) {
        const passing = gate === null ? chunk : gate.push(chunk);
        if (passing === null) return controller.abort(nonsense(host));
        options.onData?.(passing);
        if (!reply.write(passing)) controller.pause();
      } else if (refusal.bytes < MAX_ERROR_BYTES) {
        refusal.chunks.push(chunk);
        refusal.bytes += chunk.length;
      }
    },
    onResponseEnd() {
      if (refusal !== null) {
        const text = Buffer.concat(refusal.chunks).toString("utf8");
        return settle(refusalOf({ ...refusal, text }, { host, secret: target.secret }));
      }
      const rest = gate?.end();
      if (rest === null) return failWithin(brokenOff(host));
      reply.end(rest);
      settle();
    },
    onResponseError(_controller, cause) {
      const error = signal.aborted ? goodbye(signal.reason) : failureOf(cause, host);
      if (!reply.headersSent) return settle(error ?? undefined);
      failWithin(error);
    },
  };
}

interface Refusal {
  status: number;
  headers: IncomingHttpHeaders;
  chunks: Buffer[];
  bytes: number;
}

function nonsense(host: string): GroundwireError {
  return new GroundwireError(
    "upstream_refused",
    `The model's server at ${host} sent something that is no stream of chat chunks.`,
  );
}

function brokenOff(host: string): GroundwireError {
  return new GroundwireError(
    "upstream_unavailable",
    `The model's server at ${host} broke off its answer.`,
  );
}

/** What the client is told when its request was ended from our side; null when the client itself is gone. */
function goodbye(reason: unknown): GroundwireError | null {
  return reason instanceof GroundwireError ? reason : null;
}

function pickResponseHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const picked: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && RESPONSE_HEADERS.test(name)) picked[name] = value;
  }
  return picked;
}
