import type { FastifyInstance } from "fastify";
import { embeddingsRequestSchema, inputsOf, MOST_INPUTS } from "../../protocol/embeddings.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { usageIn } from "../../upstream/usage-scanner.ts";
import { account } from "../accounting.ts";
import { embed } from "../embed.ts";
import { readModelBody } from "../model-body.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

/** Characters at the end of a reply in which its usage stands. */
const USAGE_TAIL = 1000;

/** `…/embeddings`: asked of the model behind the deployment. */
export function embeddingsRoutes(services: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post(
      "/embeddings",
      operation("Embed texts", { body: embeddingsRequestSchema }),
      async (request, reply) => {
        const { deployment: name, body } = readModelBody(request);
        const { context } = request;
        const deployment = services.deployments.resolve(name);
        const accounting = await account(services, request, {
          deployment: name,
          limits: deployment.rateLimits,
          operation: "Embeddings_Create",
        });
        context.rawBody = null;
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
        const text = await embed(deployment, wanted, context.signal);
        accounting.used(usageIn(text.slice(-USAGE_TAIL)));
        return reply.type("application/json").send(text);
      },
    );
  };
}
