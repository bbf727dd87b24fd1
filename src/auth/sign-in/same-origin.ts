import type { IncomingHttpHeaders } from "node:http";
import { GroundwireError } from "../../protocol/errors.ts";

const READS = new Set(["GET", "HEAD"]);

/**
 * Browsers send a cookie whoever makes them send the request. A session therefore counts only for requests of our own page:
 * by `Sec-Fetch-Site`, which no page can write, and by `Origin`. What changes anything has to carry one of them.
 * @throws GroundwireError `forbidden`
 */
export function refuseOtherOrigins(
  { method, headers }: { method: string; headers: IncomingHttpHeaders },
  own: string | null,
): void {
  const { origin, "sec-fetch-site": site } = headers;
  const isRead = READS.has(method);
  const isSameSite = site === "same-origin" || (site === "none" && isRead) || site === undefined;
  const isSameOrigin = origin === undefined ? isRead || site !== undefined : origin === own;
  if (isSameSite && isSameOrigin && own !== null) return;
  throw new GroundwireError(
    "forbidden",
    "The session of a browser counts for requests of this server's own page only ('Origin' and 'Sec-Fetch-Site' say where one comes from). Applications send a key in 'api-key'. If this is the page itself, 'sign_in.public_url' in groundwire.yaml is not its address.",
  );
}
