import type { z } from "zod";

/** What `/openapi.json` says of a route; the schemas are those the handler checks with. */
export interface Operation {
  summary: string;
  query?: z.ZodType;
  body?: z.ZodType;
  /** What the body is sent as; `application/json` unless said otherwise. */
  bodyType?: string;
}

declare module "fastify" {
  interface FastifyContextConfig {
    operation?: Operation;
  }
}

/** Route options that describe a route. */
export function operation(
  summary: string,
  more: Omit<Operation, "summary"> = {},
): { config: { operation: Operation } } {
  return { config: { operation: { summary, ...more } } };
}
