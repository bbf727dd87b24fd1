import type { FastifyInstance } from "fastify";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

/** `/metrics`: for Prometheus, with a key where there are keys. */
export function metricsRoutes({ metrics }: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get("/metrics", operation("Metrics for Prometheus"), async (_request, reply) =>
      reply.type(metrics.contentType).send(await metrics.text()),
    );
  };
}
