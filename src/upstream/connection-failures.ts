import { GroundwireError, type ErrorCode } from "../protocol/errors.ts";

export interface ConnectionFailure {
  code: Extract<
    ErrorCode,
    "data_source_unavailable" | "data_source_timeout" | "data_source_invalid"
  >;
  /** Follows the name of the host. */
  words: string;
  /** What to do; absent where nobody can tell. */
  advice?: string;
}

type Words = Pick<ConnectionFailure, "words" | "advice">;

const OUT_OF_REACH: Words = {
  words: "cannot be reached.",
  advice: "Check its address, its port and the network between.",
};
const BROKEN_OFF: Words = { words: "broke the connection off." };

/** By codes of Node and undici. */
const FAILURES: Record<string, Words> = {
  ENOTFOUND: {
    words: "cannot be found: there is no such name.",
    advice: "Check its spelling.",
  },
  EAI_AGAIN: { words: "cannot be found: the name server does not answer." },
  ECONNREFUSED: {
    words: "refuses connections.",
    advice: "Check its port and whether it runs.",
  },
  EHOSTUNREACH: OUT_OF_REACH,
  ENETUNREACH: OUT_OF_REACH,
  ETIMEDOUT: OUT_OF_REACH,
  UND_ERR_CONNECT_TIMEOUT: OUT_OF_REACH,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    words: "shows a certificate for another name.",
    advice: "Check its address.",
  },
  CERT_HAS_EXPIRED: { words: "shows an expired certificate." },
  EPROTO: {
    words: "does not speak TLS on this port.",
    advice: "Check its port and scheme.",
  },
  UND_ERR_SOCKET: BROKEN_OFF,
  ECONNRESET: BROKEN_OFF,
  EPIPE: BROKEN_OFF,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { words: "broke its answer off." },
  UND_ERR_MAX_ORIGINS_REACHED: {
    words: "is one of too many hosts that are asked at the same time.",
  },
};
const UNKNOWN_ISSUER: Words = {
  words: "shows a certificate of an unknown issuer.",
  advice: "Its operator can be trusted with NODE_EXTRA_CA_CERTS.",
};
/** Of all that makes up a request only the headers may still be wrong. */
const UNSENDABLE: Words = {
  words: "is not asked: the credentials have characters that no header carries.",
  advice: "Check them for line breaks.",
};
const TIMEOUTS = ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];

/** In words what kept a host from answering. */
export function connectionFailureOf(cause: unknown): ConnectionFailure {
  const code = codeOf(cause);
  if (TIMEOUTS.includes(code)) return { code: "data_source_timeout", words: SILENT };
  if (code === "UND_ERR_INVALID_ARG") return { code: "data_source_invalid", ...UNSENDABLE };
  return { code: "data_source_unavailable", ...(FAILURES[code] ?? byPattern(code)) };
}

export const SILENT = "has not answered in time.";

/** True when a connection ended before an answer began, as one does that was kept open too long. */
export function isBrokenOff(cause: unknown): boolean {
  return ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"].includes(codeOf(cause));
}

function byPattern(code: string): Words {
  if (/SELF_SIGNED|UNABLE_TO|CERT_UNTRUSTED/u.test(code)) return UNKNOWN_ISSUER;
  if (/^ERR_(?:SSL|TLS)|CERT/u.test(code)) {
    return { words: "cannot be talked to by TLS." };
  }
  if (code.startsWith("HPE_")) return { words: "does not answer in HTTP." };
  return { words: "cannot be reached, or broke off its answer." };
}

/** Of the error or, when several addresses were tried, of the first of them. */
function codeOf(cause: unknown): string {
  if (cause instanceof GroundwireError || !(cause instanceof Error)) return "";
  return "code" in cause && typeof cause.code === "string" ? cause.code : "";
}
