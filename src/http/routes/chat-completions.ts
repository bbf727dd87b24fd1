import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { chatRequestSchema } from "../../protocol/chat.ts";
import { isPassing } from "../../protocol/errors.ts";
import { account } from "../accounting.ts";
import { answerHere, type Asked } from "../answer-here.ts";
import { needsAnswering } from "../grounded-request.ts";
import { readModelBody } from "../model-body.ts";
import { operation } from "../operation.ts";
import { passThrough } from "../pass-through.ts";
import { toPlainBody } from "../plain-body.ts";
import type { HttpServices } from "../services-type.ts";
import { holdToService } from "../strict.ts";

/** `…/chat/completions`: answered here when there is something to search or no model; else handed to the model. */
export function chatCompletionsRoutes(services: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post(
      "/chat/completions",
      operation("Answer a conversation, from the data sources it names or from the model alone", {
        body: chatRequestSchema,
      }),
      async (request, reply) => {
        const asked = await readAsked(services, { request, reply, isExtensions: false });
        return answerOrPass(services, request.context.strict ? holdToService(asked) : asked);
      },
    );
  };
}

/** `…/extensions/chat/completions`: the protocol before 2024-02-15, always with data sources. */
export function extensionsRoutes(services: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post(
      "/extensions/chat/completions",
      operation("Answer from data sources, in the protocol before 2024-02-15", {
        body: chatRequestSchema,
      }),
      async (request, reply) =>
        answerHere(services, await readAsked(services, { request, reply, isExtensions: true })),
    );
  };
}

async function readAsked(
  services: HttpServices,
  {
    request,
    reply,
    isExtensions,
  }: { request: FastifyRequest; reply: FastifyReply; isExtensions: boolean },
): Promise<Asked> {
  const { deployment: name, body } = readModelBody(request);
  const deployment = services.deployments.resolve(name);
  const accounting = await account(services, request, {
    deployment: name,
    limits: deployment.rateLimits,
    operation: "ChatCompletions_Create",
  });
  return { body, deployment, accounting, isExtensions, request, reply };
}

async function answerOrPass(services: HttpServices, asked: Asked): Promise<FastifyReply> {
  const { body, deployment, request } = asked;
  const isGrounded = deployment.dataSources.length > 0 || needsAnswering(body);
  if (deployment.kind === "extractive" || isGrounded) return answerHere(services, asked);
  try {
    const plain = request.context.strict ? body : toPlainBody(body, request.context.warnings);
    if (plain !== body) request.context.rawBody = null;
    return await passThrough({ ...asked, body: plain, deployment });
  } catch (error) {
    const { fallback } = deployment;
    if (fallback === null || !isPassing(error)) throw error;
    request.context.warnings.push(`'${deployment.name}' cannot answer now: its fallback did`);
    return answerOrPass(services, { ...asked, deployment: fallback });
  }
}
