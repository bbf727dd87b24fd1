import { type ErrorCode, GroundwireError } from "../protocol/errors.ts";
import type { JsonReply } from "../upstream/json-client.ts";
import { retryAfterOf } from "../upstream/retry-after.ts";
import type { Embedded } from "./embed.ts";

const MOST_QUOTED = 1_000;

export interface Asked {
  /** Who answered: `elasticsearch`, `The embedding endpoint`. */
  subject: string;
  url: URL;
  /** What was asked for: `index 'policies'`. */
  place: string;
  /** The engine's own words. */
  explanation: string;
  /** What to do; by the status when absent. */
  advice?: string;
}

/**
 * The error of a host that answered with an error status, which `JsonClient` hands on: 429 is `data_source_throttled`
 * with the wait the host asks for, 5xx and 408 `data_source_unavailable`, everything else is the caller's to correct.
 */
export function statusError(
  { status, headers }: Pick<JsonReply, "status" | "headers">,
  { subject, url, place, explanation, advice }: Asked,
): GroundwireError {
  const retryAfter = retryAfterOf(headers);
  const details = retryAfter === null ? {} : { retryAfter };
  const where = `${subject} at ${url.host} answered with status ${status} for ${place}: ${quoted(explanation)}`;
  // The service's own beginning, which applications look for.
  const message =
    status === 429 ? `Server responded with status 429. Error message: ${where}` : where;
  return new GroundwireError(
    codeOf(status),
    `${message} ${advice ?? adviceFor(status)}`.trimEnd(),
    details,
  );
}

/** Before a query with such a vector is sent, which engines answer in words nobody understands, or not at all. */
export function refuseDimensions(
  { dimensions, by }: Pick<Embedded, "dimensions" | "by">,
  { expected, subject, place }: { expected: number; subject: string; place: string },
): void {
  if (dimensions === expected) return;
  throw new GroundwireError(
    "data_source_invalid",
    `${subject}: ${place} holds vectors of ${expected} dimensions, but ${by} gives ${dimensions}. Name in 'embedding_dependency' the model the index was made with, or set its 'dimensions'.`,
  );
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return "data_source_throttled";
  return status >= 500 || status === 408 ? "data_source_unavailable" : "data_source_invalid";
}

function adviceFor(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return "Check 'authentication': who is named there must be allowed to read it.";
    case 404:
      return "Check its name and the endpoint.";
    case 429:
    case 503:
      return "Try again later, or send fewer queries at once ('max_search_queries').";
    default:
      return "";
  }
}

/** One line without control characters, ending as a sentence. */
function quoted(explanation: string): string {
  const line = explanation
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, MOST_QUOTED);
  if (line === "") return "no reason given.";
  return /[.!?]$/u.test(line) ? line : `${line}.`;
}
