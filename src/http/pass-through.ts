import type { FastifyReply, FastifyRequest } from "fastify";
import type { UpstreamDeployment } from "../models/deployments.ts";
import { type ModelUpstream, sendMapped } from "../models/model-upstream.ts";
import type { MappedParameters } from "../models/parameters.ts";
import { refuseUnsupported } from "../models/refusals.ts";
import type { GroundwireError } from "../protocol/errors.ts";
import { forward } from "../upstream/forward.ts";
import { createUsageScanner } from "../upstream/usage-scanner.ts";
import type { Accounting } from "./accounting.ts";
import { toErrorBody } from "./error-response.ts";
import { standardHeaders } from "./request-context.ts";
import { sendSynthesized } from "./synthesized-stream.ts";

export interface PassThrough {
  deployment: UpstreamDeployment;
  /** The parsed body; its bytes are those of the request. */
  body: Record<string, unknown>;
  accounting: Accounting;
  request: FastifyRequest;
  reply: FastifyReply;
}

/**
 * Hands a chat request to a model as it is, or with what its family needs changed, and the model's answer back as it
 * comes. Rejects while a status can still be given.
 */
export async function passThrough(passing: PassThrough): Promise<FastifyReply> {
  const { deployment, body, request, reply } = passing;
  const { context } = request;
  if (context.strict) refuseUnsupported(body, deployment.model.family);
  const toldBefore = [...context.warnings];
  await deployment.pool.run((upstream) => {
    const send = (mapped: MappedParameters): Promise<void> => {
      context.warnings = [...toldBefore, ...mapped.warnings];
      const mustSynthesize = body["stream"] === true && !upstream.traits.streams;
      return mustSynthesize && !context.strict
        ? sendSynthesized({ ...passing, upstream, body: mapped.body })
        : forwardTo(upstream, mapped, passing);
    };
    return context.strict
      ? send({ body, changed: false, warnings: [] })
      : sendMapped(upstream, body, send);
  }, context.signal);
  context.rawBody = null;
  // Only now: had nothing been written, the error handler would have answered.
  return reply.hijack();
}

async function forwardTo(
  { target }: ModelUpstream,
  { body, changed }: MappedParameters,
  { accounting, request, reply }: PassThrough,
): Promise<void> {
  const { context } = request;
  const mustName = target.modelInBody !== null && body["model"] !== target.modelInBody;
  const bytes =
    !changed && !mustName && context.rawBody !== null
      ? context.rawBody
      : Buffer.from(JSON.stringify(mustName ? { ...body, model: target.modelInBody } : body));
  const usage = createUsageScanner();
  await forward({
    target,
    operation: "chat/completions",
    body: bytes,
    callerHeaders: request.headers,
    reply: reply.raw,
    replyHeaders: () => standardHeaders(request),
    signal: context.signal,
    onData: (chunk) => usage.push(chunk),
    toErrorBody: (error: GroundwireError) =>
      toErrorBody(error, { envelope: "openai", requestId: request.id, strict: context.strict }),
  });
  accounting.used(usage.end(), usage.events());
}
