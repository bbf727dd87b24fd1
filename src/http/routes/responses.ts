import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GroundwireError } from "../../protocol/errors.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { listBody } from "../../protocol/lists.ts";
import { createResponseSchema, inputItemsQuerySchema } from "../../protocol/responses/request.ts";
import type { ResponseRecord } from "../../storage/response-records.ts";
import type { ListQuery } from "../../storage/storage.ts";
import { account } from "../accounting.ts";
import { readModelBody } from "../model-body.ts";
import { definedQuery } from "../list-query.ts";
import { operation } from "../operation.ts";
import { answerResponse } from "../responses/answer-response.ts";
import type { BackgroundResponses } from "../responses/background.ts";
import { inputOf, type StoredItem } from "../responses/conversation.ts";
import type { HttpServices } from "../services-type.ts";

interface ById {
  Params: { id: string };
}

/** `…/responses` and what is kept of them. */
export function responseRoutes(services: HttpServices, background: BackgroundResponses) {
  const { storage } = services;

  async function find(request: FastifyRequest<ById>): Promise<ResponseRecord> {
    const { id } = request.params;
    const record = await storage.responses.get(request.context.principal.tenant, id);
    if (record !== null) return record;
    throw new GroundwireError("not_found", `Response with id '${id.slice(0, 100)}' not found.`, {
      param: "response_id",
    });
  }

  return async (app: FastifyInstance): Promise<void> => {
    app.post(
      "/responses",
      operation("Answer, and keep the answer to go on from", { body: createResponseSchema }),
      async (request, reply) => {
        const { deployment: name } = readModelBody(request);
        const deployment = services.deployments.resolve(name);
        const accounting = await account(services, request, {
          deployment: name,
          limits: deployment.rateLimits,
          operation: "Responses_Create",
        });
        const create = parseRequest(createResponseSchema, request.body);
        const asked = { create, deployment, accounting, request, reply };
        return answerResponse(services, asked, background);
      },
    );

    app.get<ById>("/responses/:id", operation("A response"), async (request, reply) => {
      if (String((request.query as { stream?: unknown }).stream) === "true") throw noReplay();
      return sendStored(reply, await find(request));
    });

    app.delete<ById>("/responses/:id", operation("Delete a response"), async (request) => {
      const { id, tenant } = await find(request);
      await background.cancel(id);
      await storage.responses.delete(tenant, id);
      return { id, object: "response.deleted", deleted: true };
    });

    app.post<ById>(
      "/responses/:id/cancel",
      operation("End a response that is being written in the background"),
      async (request, reply) => {
        const { id, isRunning } = await find(request);
        if (isRunning) await background.cancel(id);
        else if (!isBackground(await find(request))) throw notBackground();
        return sendStored(reply, await find(request));
      },
    );

    app.get<ById>(
      "/responses/:id/input_items",
      operation("Items a response was asked with", { query: inputItemsQuerySchema }),
      async (request) => {
        const query = parseRequest(inputItemsQuerySchema, request.query);
        return pageOf(inputOf(await find(request)), definedQuery(query));
      },
    );
  };
}

/** What is kept is JSON already. */
function sendStored(reply: FastifyReply, { body }: ResponseRecord): FastifyReply {
  return reply.type("application/json").send(body);
}

function isBackground({ body }: ResponseRecord): boolean {
  return (JSON.parse(body) as { background?: unknown }).background === true; // written by us
}

function pageOf(items: StoredItem[], query: ListQuery): unknown {
  const ordered = query.order === "asc" ? items : items.toReversed();
  const cursor = query.after ?? query.before;
  const at = ordered.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && at === -1) return listBody([], false);
  const rest =
    query.after === undefined
      ? ordered.slice(0, at === -1 ? undefined : at)
      : ordered.slice(at + 1);
  const fromEnd = query.after === undefined && query.before !== undefined;
  const page = fromEnd ? rest.slice(-query.limit) : rest.slice(0, query.limit);
  return listBody(page, rest.length > page.length);
}

function noReplay(): GroundwireError {
  return new GroundwireError(
    "unsupported_parameter",
    "A kept response is not streamed again. Leave 'stream' out to get it whole.",
    { param: "stream" },
  );
}

function notBackground(): GroundwireError {
  return new GroundwireError(
    "invalid_request",
    "Only responses made with 'background': true can be cancelled. End any other by closing its connection.",
  );
}
