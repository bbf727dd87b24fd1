import type { FastifyInstance } from "fastify";
import { listBody } from "../../protocol/lists.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import type { HttpServices } from "../services-type.ts";

/** `…/models`: the deployments this server knows by name. With one upstream for every name there may be none to list. */
export function modelRoutes({ deployments }: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get("/models", async () => listBody(deployments.names().map(toModelBody), false));

    app.get<{ Params: { id: string } }>("/models/:id", async (request) => {
      const { id } = request.params;
      if (deployments.names().includes(id)) return toModelBody(id);
      throw new GroundwireError("not_found", `The model '${id.slice(0, 100)}' does not exist.`, {
        param: "model",
      });
    });
  };
}

function toModelBody(id: string) {
  return { id, object: "model", created: 0, owned_by: "groundwire" };
}
