import { GroundwireError } from "../protocol/errors.ts";

/** What callers are told when the database behind a store does not answer. The cause is for the log. */
export function storeUnavailable(cause: unknown): GroundwireError {
  return new GroundwireError(
    "conversations_unavailable",
    "The database of the conversations does not answer now, so nothing was kept or read. Try again in a moment; if it stays so, tell the operator.",
    { cause, retryAfter: 5 },
  );
}
