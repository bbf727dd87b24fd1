import type { FastifyRequest } from "fastify";
import { GroundwireError } from "../protocol/errors.ts";

/** The first version whose protocol is spoken here, and on the route of the protocol before it. */
const OLDEST = "2024-02-01";
const OLDEST_EXTENSIONS = "2023-06-01";

/**
 * The version a dated route is called with: any day from the oldest on, `-preview` or not.
 * @throws GroundwireError `route_not_found`, as the service answers a missing or unknown version.
 */
export function readApiVersion(request: FastifyRequest): string {
  const { "api-version": version } = request.query as Record<string, unknown>; // parsed by Fastify into an object
  const isExtensions = request.routeOptions.url?.endsWith("/extensions/chat/completions");
  const oldest = isExtensions ? OLDEST_EXTENSIONS : OLDEST;
  if (typeof version === "string" && isKnown(version, oldest)) return version;
  throw new GroundwireError("route_not_found", "Resource not found");
}

function isKnown(version: string, oldest: string): boolean {
  const day = /^(\d{4}-\d{2}-\d{2})(-preview)?$/.exec(version)?.[1];
  return day !== undefined && day >= oldest && !Number.isNaN(Date.parse(day));
}
