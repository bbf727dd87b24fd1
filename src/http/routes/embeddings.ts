import type { FastifyInstance } from "fastify";
import { embeddingsRequestSchema, inputsOf, MOST_INPUTS } from "../../protocol/embeddings.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { embed } from "../embed.ts";
import { readModelBody } from "../model-body.ts";
import type { HttpServices } from "../services-type.ts";

/** `…/embeddings`: asked of the model behind the deployment. */
export function embeddingsRoutes({ deployments }: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post("/embeddings", async (request, reply) => {
      const { deployment: name, body } = readModelBody(request);
      const { context } = request;
      context.rawBody = null;
      const deployment = deployments.resolve(name);
      if (deployment.kind === "extractive") {
        throw new GroundwireError(
          "unsupported_value",
          `No embedding model is configured for '${name.slice(0, 100)}'. Set AZURE_OPENAI_ENDPOINT or OPENAI_BASE_URL, or give the deployment an upstream in groundwire.yaml.`,
          { param: "model" },
        );
      }
      const wanted = parseRequest(embeddingsRequestSchema, body);
      const count = inputsOf(wanted).length;
      if (context.strict && count > MOST_INPUTS) {
        throw new GroundwireError(
          "array_above_max_length",
          `Invalid 'input': array too long. Expected an array with maximum length ${MOST_INPUTS}, but got an array with length ${count} instead.`,
          { param: "input" },
        );
      }
      return reply.type("application/json").send(await embed(deployment, wanted, context.signal));
    });
  };
}
