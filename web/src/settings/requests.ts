import { ClientError } from "../../../src/client/http-client.ts";

/** The key of the page lacks the scope that is needed. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ClientError && error.status === 403;
}

/** What was refused once is not asked again. */
export function isWorthAnotherTry(failures: number, error: Error): boolean {
  const wasRefused = error instanceof ClientError && error.status >= 400 && error.status < 500;
  return failures < 1 && !wasRefused;
}
