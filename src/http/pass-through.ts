import type { FastifyReply, FastifyRequest } from "fastify";
import type { UpstreamTarget } from "../models/deployments.ts";
import { forward } from "../upstream/forward.ts";
import { toErrorBody } from "./error-response.ts";
import { standardHeaders } from "./request-context.ts";

export interface PassThrough {
  target: UpstreamTarget;
  operation: "chat/completions" | "embeddings";
  /** The parsed body, with what had to be changed. */
  body: Record<string, unknown>;
  /** False: the bytes go up as they came. */
  changed: boolean;
}

/** Hands a request to the model as it is and its answer back as it comes. Rejects while a status can still be given. */
export async function passThrough(
  { target, operation, body, changed }: PassThrough,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const { context } = request;
  const named = target.modelInBody !== null && body["model"] !== target.modelInBody;
  const bytes =
    !changed && !named && context.rawBody !== null
      ? context.rawBody
      : Buffer.from(JSON.stringify(named ? { ...body, model: target.modelInBody } : body));
  context.rawBody = null;
  await forward({
    dispatcher: target.dispatcher,
    target: { url: target.url(operation), headers: target.headers },
    secret: target.secret,
    body: bytes,
    callerHeaders: request.headers,
    reply: reply.raw,
    replyHeaders: standardHeaders(request),
    signal: context.signal,
    toErrorBody: (error) => toErrorBody(error, { envelope: "openai", requestId: request.id }),
  });
  // Only now: had nothing been written, the error handler would have answered.
  return reply.hijack();
}
