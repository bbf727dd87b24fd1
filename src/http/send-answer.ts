import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { toGroundwireError } from "../protocol/errors.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import { encodeComment, encodeEvent } from "../protocol/sse.ts";
import type { Dialect } from "./encode/dialect.ts";
import { toErrorBody } from "./error-response.ts";
import { errorContextOf, standardHeaders } from "./request-context.ts";

/** Proxies cut connections on which nothing moves; clients ignore comments. */
const KEEPALIVE_MS = 15_000;

export interface AnswerReply {
  events: AsyncGenerator<AnswerEvent>;
  dialect: Dialect;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** The whole answer as one JSON reply. Rejects with what went wrong. */
export async function sendWhole({
  events,
  dialect,
  request,
  reply,
}: AnswerReply): Promise<FastifyReply> {
  const seen: AnswerEvent[] = [];
  try {
    for await (const event of events) seen.push(event);
  } catch (error) {
    throw reasonOf(request, error);
  }
  return reply.send(dialect.body(seen));
}

/**
 * The answer as server-sent events. Until the first one is due, it rejects like any handler, so that the client gets
 * a status; afterwards an error is the last event of the stream.
 */
export async function sendStream({
  events,
  dialect,
  request,
  reply,
}: AnswerReply): Promise<FastifyReply> {
  const encoder = dialect.stream();
  const { raw } = reply;
  const { signal } = request.context;
  let keepalive: NodeJS.Timeout | undefined;

  function start(): void {
    reply.hijack();
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "x-accel-buffering": "no",
      ...standardHeaders(request),
    });
    keepalive = setInterval(() => {
      if (dialect.takesComments && !raw.writableNeedDrain) raw.write(encodeComment("keepalive"));
    }, KEEPALIVE_MS);
  }

  try {
    for await (const event of events) {
      const text = encoder.encode(event);
      if (text === "") continue;
      if (keepalive === undefined) start();
      await write(raw, text, signal);
    }
    if (keepalive === undefined) start();
    await write(raw, encoder.end(), signal);
  } catch (thrown) {
    const error = reasonOf(request, thrown);
    if (keepalive === undefined) throw error;
    request.log.warn({ err: error }, "stream broke off");
    if (!raw.destroyed) {
      const body = toErrorBody(toGroundwireError(error), errorContextOf(request));
      raw.write(encoder.fail?.(body) ?? encodeEvent(body));
    }
  } finally {
    clearInterval(keepalive);
  }
  raw.end();
  return reply;
}

/** A client that reads slowly slows the answer down. */
async function write(raw: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!raw.write(text)) await once(raw, "drain", { signal });
}

/** When the request was ended from outside, that is the reason, whatever the ended steps threw. */
function reasonOf({ context: { signal } }: FastifyRequest, thrown: unknown): unknown {
  return signal.aborted ? signal.reason : thrown;
}
