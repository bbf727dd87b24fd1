import type { IncomingHttpHeaders } from "node:http";

import { type ErrorDetails, GroundwireError } from "../protocol/errors.ts";
import { isObject } from "../protocol/validation.ts";
import { parseJson } from "../util/parse-json.ts";
import { retryAfterOf } from "./retry-after.ts";

const MOST_ERROR_CHARACTERS = 2_000;

export interface Refusal {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** The error an upstream's own error becomes. Plain chat hands `upstream` on; On Your Data repeats the message. */
export function refusalOf(
  { status, headers, text }: Refusal,
  { host, secret }: { host: string; secret: string | null },
): GroundwireError {
  if (status === 401 || status === 403) {
    return new GroundwireError(
      "upstream_refused",
      `The model's server at ${host} refused the credentials this server is configured with.`,
      { advice: "Its operator must correct them.", aspect: "authenticated" },
    );
  }
  const body = secret === null ? text : text.replaceAll(secret, "***");
  const retryAfter = retryAfterOf(headers);
  const details: ErrorDetails = {
    upstream: { status, body },
    ...(retryAfter === null ? {} : { retryAfter }),
    ...(status === 404 ? { aspect: "model" } : {}),
  };
  // The beginnings of these messages are the service's own; applications look for them.
  const explanation = `Server responded with status ${status}. Error message: ${messageIn(body)}`;
  if (status === 429) return new GroundwireError("rate_limited", explanation, details);
  const isPassing = status >= 500 || status === 408;
  return new GroundwireError(
    isPassing ? "upstream_unavailable" : "upstream_refused",
    `An error occurred when calling the model: ${explanation}`,
    details,
  );
}

/** Whatever goes wrong before or within an answer that is none of the upstream's own words. */
export function failureOf(cause: unknown, host: string): GroundwireError {
  if (cause instanceof GroundwireError) return cause;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return code.endsWith("_TIMEOUT")
    ? new GroundwireError(
        "upstream_timeout",
        `The model's server at ${host} has not answered in time.`,
        { cause },
      )
    : new GroundwireError(
        "upstream_unavailable",
        `The model's server at ${host} cannot be reached, or broke off its answer.`,
        { cause },
      );
}

function messageIn(text: string): string {
  const parsed = parseJson(text);
  const error = isObject(parsed) ? parsed["error"] : undefined;
  const message = isObject(error) ? error["message"] : error;
  return (typeof message === "string" ? message : text).slice(0, MOST_ERROR_CHARACTERS);
}
