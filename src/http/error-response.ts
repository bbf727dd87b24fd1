import type { FastifyError } from "fastify";
import { ERROR_CODES, GroundwireError, toGroundwireError } from "../protocol/errors.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import { toPythonJson, toPythonLiteral } from "../protocol/python.ts";
import { isObject } from "../protocol/validation.ts";
import { parseJson } from "../util/parse-json.ts";

/** Which layer of the service a request speaks to once it is past the gateway. */
export type ErrorEnvelope = "openai" | "on_your_data";

export interface ErrorContext {
  envelope: ErrorEnvelope;
  requestId: string;
  /** Errors are those of the service, also where they were unkind. */
  strict: boolean;
}

export interface ErrorResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Longest wait the official clients follow; above it they use their own, or give up. */
const MAX_RETRY_SECONDS = 60;

/** Characters of a model's own error that are repeated. */
const MOST_QUOTED = 2_000;

const GATEWAY_CODES = new Set<ErrorCode>([
  "unauthorized",
  "forbidden",
  "sign_in_unavailable",
  "route_not_found",
  "deployment_not_found",
  "version_too_old",
]);
/** Answered by the gateway unless they come from behind On Your Data. */
const GATEWAY_CODES_OF_PLAIN_CHAT = new Set<ErrorCode>(["rate_limited", "shutting_down"]);

/** The one place where anything thrown becomes an answer. Texts of errors that are not ours stay in the log. */
export function toErrorResponse(thrown: unknown, context: ErrorContext): ErrorResponse {
  const error = fromFramework(thrown) ?? toGroundwireError(thrown);
  const { envelope } = context;
  if (error.upstream !== undefined && envelope === "openai")
    return fromUpstream(error.upstream, error);
  const status = statusOf(error, context);
  return {
    status,
    headers: {
      "content-type": contentTypeOf(error, envelope),
      ...retryHeaders(status, error),
    },
    body: toErrorBody(error, context),
  };
}

/** As recorded, to the case of the letters. */
function contentTypeOf(error: GroundwireError, envelope: ErrorEnvelope): string {
  if (isGateway(error, envelope)) return "application/json";
  return `application/json; charset=${envelope === "on_your_data" ? "UTF-8" : "utf-8"}`;
}

/** The JSON of an error, also for the one event that ends a failed stream. */
export function toErrorBody(error: GroundwireError, context: ErrorContext): string {
  const { envelope, requestId } = context;
  const { wireCode } = ERROR_CODES[error.code];
  const status = statusOf(error, context);
  const message =
    error.code === "internal" ? `${error.message} Request id: ${requestId}` : error.message;
  if (isGateway(error, envelope)) {
    return JSON.stringify({ error: { code: wireCode ?? String(status), message } });
  }
  if (envelope === "on_your_data") {
    return onYourDataBody({ requestId, status, message: explanationOf(error) ?? message });
  }
  return JSON.stringify({
    error: {
      message,
      type: status >= 500 ? "server_error" : "invalid_request_error",
      param: error.param ?? null,
      code: wireCode,
    },
  });
}

function isGateway(error: GroundwireError, envelope: ErrorEnvelope): boolean {
  if (GATEWAY_CODES.has(error.code)) return true;
  return envelope === "openai" && GATEWAY_CODES_OF_PLAIN_CHAT.has(error.code);
}

/**
 * On Your Data reports what the model refused as a bad request of its own. A throttled model or source stays a 429, which
 * clients retry; the service made a bad request of that too.
 */
function statusOf(error: GroundwireError, { envelope, strict }: ErrorContext): number {
  if (error.code === "data_source_throttled" && strict) return 400;
  if (envelope === "openai" || error.upstream === undefined) return error.status;
  const { status } = error.upstream;
  if (status === 429) return strict ? 400 : 429;
  return status >= 400 && status < 500 ? 400 : error.status;
}

/** What On Your Data said of a model that refused: recorded texts, which applications look for. Null: it did not. */
function explanationOf({ upstream }: GroundwireError): string | null {
  if (upstream === undefined || upstream.status < 400 || upstream.status >= 500) return null;
  const parsed = parseJson(upstream.body);
  const text = isObject(parsed) ? toPythonLiteral(parsed) : upstream.body;
  const explanation = `Server responded with status ${upstream.status}. Error message: ${text.slice(0, MOST_QUOTED)}`;
  return upstream.status === 429
    ? explanation
    : `An error occurred when calling Azure OpenAI: ${explanation}`;
}

/** Byte for byte as Python's `json.dumps` writes it; the code is a number. */
function onYourDataBody({
  requestId,
  status,
  message,
}: {
  requestId: string;
  status: number;
  message: string;
}): string {
  return `{"error": {"requestid": "${requestId}", "code": ${status}, "message": ${toPythonJson(message)}}}`;
}

/** A model's own answer is handed on as it came. */
function fromUpstream(
  upstream: { status: number; body: string },
  error: GroundwireError,
): ErrorResponse {
  const isJson = upstream.body.trimStart().startsWith("{");
  return {
    status: upstream.status,
    headers: {
      "content-type": isJson ? "application/json" : "text/plain; charset=utf-8",
      ...retryHeaders(upstream.status, error),
    },
    body: upstream.body,
  };
}

function retryHeaders(status: number, error: GroundwireError): Record<string, string> {
  // The official clients retry every 429 that does not say so.
  if (error.code === "budget_exhausted") return { "x-should-retry": "false" };
  if (error.retryAfter === undefined && status !== 429 && status !== 503) return {};
  const seconds = Math.min(Math.max(error.retryAfter ?? 1, 0), MAX_RETRY_SECONDS);
  return {
    "retry-after": String(Math.ceil(seconds)),
    "retry-after-ms": String(Math.ceil(seconds * 1000)),
  };
}

/** Errors of Fastify and its plugins: their status says whose fault it was, their texts are known and harmless. */
function fromFramework(thrown: unknown): GroundwireError | null {
  if (thrown instanceof GroundwireError || !isFastifyError(thrown)) return null;
  const { statusCode = 500, code, message } = thrown;
  if (code === "FST_ERR_BAD_URL")
    return new GroundwireError("route_not_found", "Resource not found");
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return new GroundwireError(
      "invalid_request",
      "The body must be JSON, sent with 'Content-Type: application/json'.",
    );
  }
  if (statusCode === 413) {
    return new GroundwireError(
      "payload_too_large",
      "The request body is larger than this server accepts.",
    );
  }
  return statusCode >= 400 && statusCode < 500
    ? new GroundwireError("invalid_request", message)
    : null;
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    typeof thrown.code === "string" &&
    thrown.code.startsWith("FST_")
  );
}
