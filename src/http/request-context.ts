import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../auth/principal.ts";
import { KEYLESS } from "../auth/principal.ts";
import type { ErrorContext, ErrorEnvelope } from "./error-response.ts";
import { createTimings } from "./timings.ts";
import type { Timings } from "./timings.ts";

/** What the hooks find out about a request before its handler runs. */
export interface RequestContext {
  principal: Principal;
  /** What the service refused is refused: the mode of the key, else of the server. */
  strict: boolean;
  /** The dated api-version; null on the v1 routes. */
  apiVersion: string | null;
  /** The deployment a model route was asked for, for the log. */
  deployment: string | null;
  timings: Timings;
  /** Tolerances, for `x-groundwire-warnings`. */
  warnings: string[];
  /** What the limits of key and deployment leave. */
  limitHeaders: Record<string, string>;
  /** Where the answer is kept, when it belongs to a conversation. */
  conversationHeaders: Record<string, string>;
  /** The shape errors of this request take unless they arise at the gateway. */
  errorEnvelope: ErrorEnvelope;
  /** The JSON body as it came, for handing on unchanged. */
  rawBody: Buffer | null;
  /** Aborted when the client goes away, or at the end of the grace period of a shutdown (the reason is then `shutting_down`). */
  signal: AbortSignal;
}

declare module "fastify" {
  interface FastifyRequest {
    context: RequestContext;
  }
}

export function createRequestContext(signal: AbortSignal): RequestContext {
  return {
    principal: KEYLESS,
    strict: false,
    apiVersion: null,
    deployment: null,
    timings: createTimings(),
    warnings: [],
    limitHeaders: {},
    conversationHeaders: {},
    errorEnvelope: "openai",
    rawBody: null,
    signal,
  };
}

/** What an error of this request has to look like. */
export function errorContextOf({ id, context }: FastifyRequest): ErrorContext {
  return { envelope: context.errorEnvelope, requestId: id, strict: context.strict };
}

/** Headers every answer carries. Written by the `onSend` hook; a hijacked reply writes them itself. */
export function standardHeaders(request: FastifyRequest): Record<string, string> {
  const { warnings, timings, limitHeaders, conversationHeaders } = request.context;
  const timing = timings.header();
  return {
    "apim-request-id": request.id,
    "x-request-id": request.id,
    "x-ms-client-request-id": request.id,
    "x-content-type-options": "nosniff",
    ...limitHeaders,
    ...conversationHeaders,
    ...(timing === "" ? {} : { "server-timing": timing }),
    ...(warnings.length === 0
      ? {}
      : { "x-groundwire-warnings": toHeaderValue(warnings.join("; ")) }),
  };
}

export function setStandardHeaders(request: FastifyRequest, reply: FastifyReply): void {
  for (const [name, value] of Object.entries(standardHeaders(request))) reply.header(name, value);
}

/** Header values are visible ASCII, and intermediaries limit their length. */
function toHeaderValue(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 1000);
}
