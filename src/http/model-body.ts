import type { FastifyRequest } from "fastify";
import { GroundwireError } from "../protocol/errors.ts";
import { isObject } from "../protocol/validation.ts";

export interface ModelBody {
  /** Name of the deployment: from the path on dated routes, else `model` of the body. */
  deployment: string;
  body: Record<string, unknown>;
}

/** What every model route needs before anything else. @throws GroundwireError `invalid_request` */
export function readModelBody(request: FastifyRequest): ModelBody {
  const { body } = request;
  if (!isObject(body)) {
    throw new GroundwireError(
      "invalid_request",
      "Invalid request body: it should be a JSON object.",
    );
  }
  // The route decides whether there is a parameter of this name.
  const { deployment: fromPath } = request.params as { deployment?: string };
  const deployment = fromPath ?? body["model"];
  if (typeof deployment !== "string" || deployment === "") {
    throw new GroundwireError("invalid_request", "Missing required parameter: 'model'.", {
      param: "model",
    });
  }
  request.context.deployment = deployment;
  return { deployment, body };
}
