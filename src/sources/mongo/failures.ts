import { type ErrorCode, type ErrorDetails, GroundwireError } from "../../protocol/errors.ts";
import { connectionFailureOf, SILENT } from "../../upstream/connection-failures.ts";

/** Codes of servers for what this server tells apart; the names are those of MongoDB. */
const CODES = {
  Unauthorized: 13,
  AuthenticationFailed: 18,
  NamespaceNotFound: 26,
  MaxTimeMSExpired: 50,
  AtlasError: 8000,
  RequestRateTooLarge: 16_500,
  SearchNotEnabled: 31_082,
  UnknownStage: 40_324,
} as const;

/** A server that is not, or not any more, able to answer for its set. */
const NOT_READABLE = new Set([89, 91, 189, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436]);

const LOGIN_REFUSED: number[] = [CODES.AuthenticationFailed, CODES.AtlasError];

/** What a server refused a command with; null when it is no such error. */
export function refusalOf(error: unknown): { code: number; message: string } | null {
  if (!(error instanceof Error) || error.name !== "MongoServerError") return null;
  const code = "code" in error ? Number(error.code) : 0;
  return { code, message: error.message };
}

/** True when the collection is not there. */
export function isNoCollection(error: unknown): boolean {
  return refusalOf(error)?.code === CODES.NamespaceNotFound;
}

/** True when the server has no search indexes at all, being no Atlas. */
export function hasNoSearch(error: unknown): boolean {
  const code = refusalOf(error)?.code;
  return code === CODES.UnknownStage || code === CODES.SearchNotEnabled;
}

/** True when another member of the cluster may be able to answer. */
export function isMembersFault(error: unknown): boolean {
  if (error instanceof GroundwireError) return false;
  const refusal = refusalOf(error);
  return refusal === null || NOT_READABLE.has(refusal.code);
}

/** True when the connection, or who is let in by it, is not worth being used again. */
export function isBroken(error: unknown): boolean {
  if (error instanceof GroundwireError) return false;
  const refusal = refusalOf(error);
  return refusal === null || NOT_READABLE.has(refusal.code) || LOGIN_REFUSED.includes(refusal.code);
}

export interface FailedAt {
  /** `azure_cosmos_db` */
  subject: string;
  /** `host:port` */
  host: string;
  /** `collection 'hr.people'` */
  place: string;
}

/** What a question fails with when the driver did. A secret may stand in what the server says; `defineSource` masks it. */
export function toFailure(error: unknown, at: FailedAt): GroundwireError {
  const own = causesOf(error).find((cause) => cause instanceof GroundwireError);
  if (own !== undefined) return own;
  const refusal = refusalOf(error);
  return refusal === null ? fromDriver(error, at) : fromServer(refusal, at);
}

const MOST_QUOTED = 1_000;

function fromServer(
  { code, message }: { code: number; message: string },
  { subject, host, place }: FailedAt,
): GroundwireError {
  const words = message
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, MOST_QUOTED);
  const quoted = `(code ${code}): ${/[.!?]$/u.test(words) ? words : `${words}.`}`;
  const failure = (kind: ErrorCode, text: string, details: ErrorDetails = {}): GroundwireError =>
    new GroundwireError(kind, `${subject} at ${host} ${text}`, details);
  if (LOGIN_REFUSED.includes(code)) {
    return failure("data_source_invalid", `does not let us in ${quoted}`, {
      advice:
        "Check user name and password in 'authentication', and the database that knows the user (authSource).",
      aspect: "authenticated",
    });
  }
  if (NOT_READABLE.has(code)) {
    return failure("data_source_unavailable", `cannot answer just now ${quoted} Try again.`);
  }
  switch (code) {
    case CODES.Unauthorized:
      return failure("data_source_invalid", `does not allow reading ${place} ${quoted}`, {
        advice: "Give the user in 'authentication' the role 'read' on the database.",
        aspect: "permitted",
      });
    case CODES.MaxTimeMSExpired:
      return failure("data_source_timeout", `has not searched ${place} in time ${quoted}`);
    case CODES.RequestRateTooLarge:
      return new GroundwireError(
        "data_source_throttled",
        `Server responded with status 429. Error message: ${subject} at ${host} is asked too much ${quoted} Try again later.`,
      );
    default:
      return failure("data_source_invalid", `refuses to search ${place} ${quoted}`);
  }
}

/** Names of the driver's errors that say no connection could be had, or not kept. */
const CONNECTION_ERRORS = /Network|ServerSelection|NotConnected|PoolCleared|ClosedError$/u;

/** The driver's own errors: the connection failed, or what came over it is nothing the driver understands. */
function fromDriver(error: unknown, { subject, host }: FailedAt): GroundwireError {
  const causes = causesOf(error);
  const at = `${subject} at ${host}`;
  if (causes.some(({ name }) => name.endsWith("TimeoutError"))) {
    return new GroundwireError("data_source_timeout", `${at} ${SILENT}`, { cause: error });
  }
  const coded = causes.find((cause) => "code" in cause && typeof cause.code === "string");
  if (coded !== undefined) {
    const { code, words, ...advice } = connectionFailureOf(coded);
    return new GroundwireError(code, `${at} ${words}`, { ...advice, cause: error });
  }
  if (causes.some(({ name }) => CONNECTION_ERRORS.test(name))) {
    const words = "broke the connection off.";
    return new GroundwireError("data_source_unavailable", `${at} ${words}`, { cause: error });
  }
  return new GroundwireError(
    "data_source_invalid",
    `${at} answered with something that cannot be understood. Check that it is a MongoDB server of version 4.4 or later.`,
    { cause: error },
  );
}

const DEEPEST = 10;

/** The error, what it comes from, what that comes from, and so on. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  let next = error;
  while (next instanceof Error && causes.length < DEEPEST) {
    causes.push(next);
    next = next.cause;
  }
  return causes;
}
