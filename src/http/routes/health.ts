import type { FastifyInstance } from "fastify";
import { GroundwireError } from "../../protocol/errors.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

/**
 * `/healthz`: the process lives. `/readyz`: it can answer; how many of the models' servers that have been called so far may
 * be called now is told beside it. Neither needs a key.
 */
export function healthRoutes({ storage, deployments }: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get("/healthz", operation("The process lives"), async () => ({ status: "ok" }));
    app.get("/readyz", operation("The server can answer"), async () => {
      try {
        await storage.files.exists("file-readiness");
      } catch (cause) {
        throw new GroundwireError("shutting_down", "The storage does not answer.", {
          cause,
          retryAfter: 5,
        });
      }
      return { status: "ready", models: deployments.health() };
    });
  };
}
