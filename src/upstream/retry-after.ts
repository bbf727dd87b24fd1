import type { IncomingHttpHeaders } from "node:http";

/** Seconds until a server wants to be asked again; `retry-after` may also be a date (RFC 9110, 10.2.3). Null: it does not say. */
export function retryAfterOf(headers: IncomingHttpHeaders): number | null {
  const milliseconds = Number.parseFloat(String(headers["retry-after-ms"]));
  if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds / 1000);
  const value = headers["retry-after"];
  if (value === undefined) return null;
  const seconds = /^[\d.]+$/u.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
