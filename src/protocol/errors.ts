import type { CheckName } from "./diagnosis.ts";

/**
 * Every error a caller can meet, in one table: thrown anywhere as `GroundwireError(code, message)`,
 * turned into a response in one place (`http/error-response.ts`).
 *
 * `wire` is the `code` (and `type`) the three envelopes of the service carry; see `docs/errors.md`.
 */
export const ERROR_CODES = {
  invalid_request: { status: 400, retryable: false, wireCode: null },
  invalid_json: { status: 400, retryable: false, wireCode: null },
  unsupported_parameter: { status: 400, retryable: false, wireCode: "unsupported_parameter" },
  unsupported_value: { status: 400, retryable: false, wireCode: "unsupported_value" },
  unknown_parameter: { status: 400, retryable: false, wireCode: "unknown_parameter" },
  invalid_parameter_combination: {
    status: 400,
    retryable: false,
    wireCode: "invalid_parameter_combination",
  },
  array_above_max_length: { status: 400, retryable: false, wireCode: "array_above_max_length" },
  invalid_value: { status: 400, retryable: false, wireCode: "invalid_value" },
  context_length_exceeded: { status: 400, retryable: false, wireCode: "context_length_exceeded" },
  previous_response_not_found: {
    status: 400,
    retryable: false,
    wireCode: "previous_response_not_found",
  },
  version_too_old: { status: 400, retryable: false, wireCode: "BadRequest" },
  data_source_invalid: { status: 400, retryable: false, wireCode: null },
  data_source_unavailable: { status: 502, retryable: true, wireCode: "data_source_unavailable" },
  data_source_throttled: { status: 429, retryable: true, wireCode: "429" },
  data_source_timeout: { status: 504, retryable: true, wireCode: "data_source_timeout" },
  host_not_allowed: { status: 400, retryable: false, wireCode: "host_not_allowed" },
  unauthorized: { status: 401, retryable: false, wireCode: "401" },
  forbidden: { status: 403, retryable: false, wireCode: "403" },
  not_found: { status: 404, retryable: false, wireCode: null },
  route_not_found: { status: 404, retryable: false, wireCode: "404" },
  deployment_not_found: { status: 404, retryable: false, wireCode: "DeploymentNotFound" },
  conflict: { status: 409, retryable: false, wireCode: "conflict" },
  payload_too_large: { status: 413, retryable: false, wireCode: "payload_too_large" },
  rate_limited: { status: 429, retryable: true, wireCode: "429" },
  budget_exhausted: { status: 429, retryable: false, wireCode: "insufficient_quota" },
  upstream_refused: { status: 502, retryable: false, wireCode: "upstream_refused" },
  upstream_unavailable: { status: 502, retryable: true, wireCode: "upstream_unavailable" },
  upstream_timeout: { status: 504, retryable: true, wireCode: "upstream_timeout" },
  sign_in_unavailable: { status: 503, retryable: true, wireCode: "sign_in_unavailable" },
  code_interpreter_unavailable: {
    status: 503,
    retryable: true,
    wireCode: "code_interpreter_unavailable",
  },
  conversations_unavailable: {
    status: 503,
    retryable: true,
    wireCode: "conversations_unavailable",
  },
  shutting_down: { status: 503, retryable: true, wireCode: "shutting_down" },
  internal: { status: 500, retryable: true, wireCode: "internal_error" },
} as const satisfies Record<
  string,
  { status: number; retryable: boolean; wireCode: string | null }
>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetails {
  /** The request field at fault, as a path: `messages[0].role`. */
  param?: string;
  /** What to do; the end of the message. */
  advice?: string;
  /** What of a source or a model is at fault; absent where that cannot be told. */
  aspect?: CheckName;
  /** Seconds after which a retry makes sense; sent as `retry-after` and `retry-after-ms`. */
  retryAfter?: number;
  /** An upstream model's own answer, handed on as it came on plain chat. */
  upstream?: { status: number; body: string };
  cause?: unknown;
}

/** The one error class. The message is shown to the caller: what failed, where, what to do; never a secret. */
export class GroundwireError extends Error {
  override name = "GroundwireError";
  readonly code: ErrorCode;
  /** The message without its advice. */
  readonly problem: string;
  readonly advice: string | undefined;
  readonly aspect: CheckName | undefined;
  readonly param: string | undefined;
  readonly retryAfter: number | undefined;
  readonly upstream: ErrorDetails["upstream"];

  constructor(code: ErrorCode, problem: string, details: ErrorDetails = {}) {
    const { advice, cause } = details;
    const message = advice === undefined ? problem : `${problem} ${advice}`;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.problem = problem;
    this.advice = advice;
    this.aspect = details.aspect;
    this.param = details.param;
    this.retryAfter = details.retryAfter;
    this.upstream = details.upstream;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}

const PASSING = new Set<ErrorCode>(["rate_limited", "upstream_unavailable", "upstream_timeout"]);

/** True when a model could not answer just now: another try, or another model, may. */
export function isPassing(error: unknown): error is GroundwireError {
  return error instanceof GroundwireError && PASSING.has(error.code);
}

/** Anything thrown becomes a `GroundwireError`; what is not ours becomes `internal` with its text withheld. */
export function toGroundwireError(thrown: unknown): GroundwireError {
  if (thrown instanceof GroundwireError) return thrown;
  return new GroundwireError(
    "internal",
    "The server had an error processing your request. Sorry about that! You can retry your request; if it keeps failing, give the operator the request id.",
    { cause: thrown },
  );
}
