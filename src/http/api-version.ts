import type { FastifyRequest } from "fastify";
import { API_VERSIONS, EXTENSIONS_API_VERSIONS } from "../protocol/api-versions.ts";
import { GroundwireError } from "../protocol/errors.ts";

/** The first version whose protocol is spoken here, and on the route of the protocol before it. */
const OLDEST = "2024-02-01";
const OLDEST_EXTENSIONS = "2023-06-01";

/**
 * The version a dated route is called with: any day from the oldest on, `-preview` or not; in strict mode one there was.
 * @throws GroundwireError `route_not_found`, as the service answers a missing or unknown version.
 */
export function readApiVersion(request: FastifyRequest): string {
  const { "api-version": version } = request.query as Record<string, unknown>; // parsed by Fastify into an object
  const isExtensions = request.routeOptions.url?.endsWith("/extensions/chat/completions");
  if (typeof version === "string") {
    const published = isExtensions ? EXTENSIONS_API_VERSIONS : Object.keys(API_VERSIONS);
    const oldest = isExtensions ? OLDEST_EXTENSIONS : OLDEST;
    const { strict } = request.context;
    if (strict ? published.includes(version) : isSince(oldest, version)) return version;
  }
  throw new GroundwireError("route_not_found", "Resource not found");
}

function isSince(oldest: string, version: string): boolean {
  const day = /^(\d{4}-\d{2}-\d{2})(-preview)?$/.exec(version)?.[1];
  return day !== undefined && day >= oldest && !Number.isNaN(Date.parse(day));
}
