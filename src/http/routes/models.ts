import type { FastifyInstance } from "fastify";
import { listBody } from "../../protocol/lists.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

/**
 * `…/models` and `…/deployments`: the deployments of this server by name, and what an OpenAI-compatible server behind it
 * offers. Azure OpenAI tells nobody its deployments, so that there may be none to list.
 */
export function modelRoutes({ deployments }: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get("/models", operation("List models"), async (request) =>
      listBody((await deployments.list(request.context.signal)).map(toModelBody), false),
    );

    app.get<{ Params: { id: string } }>("/models/:id", operation("A model"), async (request) => {
      const { id } = request.params;
      const names = await deployments.list(request.context.signal);
      if (names.includes(id)) return toModelBody(id);
      throw new GroundwireError("not_found", `The model '${id.slice(0, 100)}' does not exist.`, {
        param: "model",
      });
    });

    app.get("/deployments", operation("List deployments"), async (request) =>
      listBody((await deployments.list(request.context.signal)).map(toDeploymentBody), false),
    );
  };
}

function toModelBody(id: string) {
  return { id, object: "model", created: 0, owned_by: "groundwire" };
}

/** As the service listed them before 2024; clients read `id`, `model` and `status`. */
function toDeploymentBody(id: string) {
  return { id, object: "deployment", model: id, status: "succeeded", created_at: 0, updated_at: 0 };
}
