import type { FastifyRequest } from "fastify";

/** Agents hand addresses on: those of this server are given as the caller reaches it. */
export function absoluteUrl(request: FastifyRequest, url: string): string {
  return url.startsWith("/") ? `${request.protocol}://${request.host}${url}` : url;
}
