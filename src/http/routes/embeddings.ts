import type { FastifyInstance } from "fastify";
import { GroundwireError } from "../../protocol/errors.ts";
import { readModelBody } from "../model-body.ts";
import { passThrough } from "../pass-through.ts";
import type { HttpServices } from "../services-type.ts";

/** `…/embeddings`: handed to the model as they are. */
export function embeddingsRoutes({ deployments }: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post("/embeddings", async (request, reply) => {
      const { deployment: name, body } = readModelBody(request);
      const deployment = deployments.resolve(name);
      if (deployment.kind === "extractive") {
        throw new GroundwireError(
          "unsupported_value",
          `No embedding model is configured, so '${name.slice(0, 100)}' cannot embed. Set AZURE_OPENAI_ENDPOINT or OPENAI_BASE_URL.`,
          { param: "model" },
        );
      }
      return passThrough(
        { target: deployment.target, operation: "embeddings", body, changed: false },
        { request, reply },
      );
    });
  };
}
