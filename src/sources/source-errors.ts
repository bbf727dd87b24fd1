import type { CheckName } from "../protocol/diagnosis.ts";
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
  /** What is at fault; by the status when absent. */
  aspect?: CheckName;
}

/**
 * The error of a host that answered with an error status, which `JsonClient` hands on: 429 is `data_source_throttled`
 * with the wait the host asks for, 5xx and 408 `data_source_unavailable`, everything else is the caller's to correct.
 */
export function statusError(
  { status, headers }: Pick<JsonReply, "status" | "headers">,
  { subject, url, place, explanation, advice = adviceFor(status), aspect = ASPECTS[status] }: Asked,
): GroundwireError {
  const retryAfter = retryAfterOf(headers);
  const where = `${subject} at ${url.host} answered with status ${status} for ${place}: ${quoted(explanation)}`;
  // The service's own beginning, which applications look for.
  const message =
    status === 429 ? `Server responded with status 429. Error message: ${where}` : where;
  return new GroundwireError(codeOf(status), message, {
    ...(advice === undefined ? {} : { advice }),
    ...(aspect === undefined ? {} : { aspect }),
    ...(retryAfter === null ? {} : { retryAfter }),
  });
}

/** What engines mean by a status, unless they say otherwise. */
const ASPECTS: Partial<Record<number, CheckName>> = {
  401: "authenticated",
  403: "permitted",
  404: "index",
};

/** Before a query with such a vector is sent, which engines answer in words nobody understands, or not at all. */
export function refuseDimensions(
  { dimensions, by }: Pick<Embedded, "dimensions" | "by">,
  { expected, subject, place }: { expected: number; subject: string; place: string },
): void {
  if (dimensions === expected) return;
  throw new GroundwireError(
    "data_source_invalid",
    `${subject}: ${place} holds vectors of ${expected} dimensions, but ${by} gives ${dimensions}.`,
    {
      advice:
        "Name in 'embedding_dependency' the model the index was made with, or set its 'dimensions'.",
      aspect: "dimensions",
    },
  );
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return "data_source_throttled";
  return status >= 500 || status === 408 ? "data_source_unavailable" : "data_source_invalid";
}

function adviceFor(status: number): string | undefined {
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
      return undefined;
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
