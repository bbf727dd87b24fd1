import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { GroundwireError } from "../protocol/errors.ts";
import type { ApiKeys } from "./api-keys.ts";
import { KEYLESS } from "./principal.ts";
import type { Principal } from "./principal.ts";

const INVALID_KEY =
  "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.";
const INVALID_TOKEN =
  "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.";

/**
 * Tells who calls: by a key in `api-key` or as bearer token, on every route.
 * @throws GroundwireError `unauthorized`, in the words of the service; `forbidden` for a foreign web page on a keyless server.
 */
export function authenticate(headers: IncomingHttpHeaders, keys: ApiKeys): Principal {
  if (keys.none) {
    refuseForeignPages(headers);
    return KEYLESS;
  }
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const presented = [headers["api-key"], bearer];
  for (const key of presented) {
    const principal = typeof key === "string" && key !== "" ? keys.find(key) : null;
    if (principal !== null) return principal;
  }
  const looksLikeToken = bearer !== undefined && bearer.split(".").length === 3;
  throw new GroundwireError("unauthorized", looksLikeToken ? INVALID_TOKEN : INVALID_KEY);
}

/**
 * Without keys, being on this machine is the only credential, and any web page open in its browser has it too.
 * Pages of other origins are known by `Origin`; a name that was rebound to this machine by its `Host`.
 */
function refuseForeignPages(headers: IncomingHttpHeaders): void {
  const host = headers.host ?? "";
  if (!isLocalName(hostnameOf(`http://${host}`))) {
    throw new GroundwireError(
      "forbidden",
      "This server has no API keys and answers only to localhost or an IP address. Set GROUNDWIRE_API_KEYS to serve it under a name.",
    );
  }
  const { origin } = headers;
  if (origin === undefined || URL.parse(origin)?.host === host) return;
  throw new GroundwireError(
    "forbidden",
    "This server has no API keys and does not answer to web pages of other origins. Set GROUNDWIRE_API_KEYS to allow them.",
  );
}

function hostnameOf(url: string): string {
  return URL.parse(url)?.hostname ?? "";
}

function isLocalName(hostname: string): boolean {
  const name = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(name) !== 0 || name === "localhost" || name.endsWith(".localhost");
}
