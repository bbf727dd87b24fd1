import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Deployment } from "../../models/deployments.ts";
import { mapParameters } from "../../models/parameters.ts";
import { chatRequestSchema } from "../../protocol/chat.ts";
import { isPassing } from "../../protocol/errors.ts";
import { newId } from "../../util/ids.ts";
import { account, type Accounting, accounted } from "../accounting.ts";
import { chatCompletionsDialect } from "../encode/chat-completions.ts";
import { onYourDataDialect } from "../encode/on-your-data.ts";
import { needsAnswering, readGroundedRequest } from "../grounded-request.ts";
import { findVectorStore, refuseExpired } from "../lookup.ts";
import { readModelBody } from "../model-body.ts";
import { passThrough } from "../pass-through.ts";
import { toPlainBody } from "../plain-body.ts";
import { sendStream, sendWhole } from "../send-answer.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

/** `…/chat/completions`: answered here when there is something to search or no model; else handed to the model. */
export function chatCompletionsRoutes(services: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post(
      "/chat/completions",
      operation("Answer a conversation, from the data sources it names or from the model alone", {
        body: chatRequestSchema,
      }),
      async (request, reply) => {
        const { deployment: name, body } = readModelBody(request);
        const deployment = services.deployments.resolve(name);
        const accounting = account(services, request, {
          deployment: name,
          limits: deployment.rateLimits,
          operation: "ChatCompletions_Create",
        });
        return answerOrPass(services, { body, deployment, accounting, request, reply });
      },
    );
  };
}

async function answerOrPass(services: HttpServices, asked: Asked): Promise<FastifyReply> {
  const { body, deployment, request } = asked;
  if (deployment.kind === "extractive" || needsAnswering(body)) return answerHere(services, asked);
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

interface Asked {
  body: Record<string, unknown>;
  deployment: Deployment;
  accounting: Accounting;
  request: FastifyRequest;
  reply: FastifyReply;
}

async function answerHere(
  services: HttpServices,
  { body, deployment, accounting, request, reply }: Asked,
): Promise<FastifyReply> {
  const { context } = request;
  context.rawBody = null;
  if (deployment.kind === "upstream") {
    // The mapping itself is done where the model is asked; by then the headers may have been sent.
    context.warnings.push(...mapParameters(body, deployment.model.family).warnings);
  }
  const { chat, sources, isOnYourData } = readGroundedRequest(body, context);
  await prepareStores(
    services,
    request,
    sources.flatMap(({ source }) => source.vectorStoreIds),
  );

  const identity = {
    id: isOnYourData ? randomUUID() : newId("chatcmpl-", 29),
    created: services.now(),
    model: deployment.kind === "extractive" ? "groundwire-extractive" : deployment.model.id,
    includeContexts: [...new Set(sources.flatMap(({ common }) => common.includeContexts))],
    includeUsage: chat.stream_options?.include_usage ?? false,
  };
  const dialect = isOnYourData ? onYourDataDialect(identity) : chatCompletionsDialect(identity);
  const question = {
    tenant: context.principal.tenant,
    chat,
    sources,
    deployment,
    onStage: context.timings.add,
    onWarning: (text: string) => void context.warnings.push(text),
  };
  const events = accounted(services.answerer.answer(question, context.signal), accounting);
  const send = chat.stream ? sendStream : sendWhole;
  return send({ events, dialect, request, reply });
}

/** The stores exist, have not expired, count as used, and what was just attached to them is waited for. */
async function prepareStores(
  services: HttpServices,
  request: FastifyRequest,
  storeIds: string[],
): Promise<void> {
  const { storage, ingest, now } = services;
  for (const id of storeIds) {
    refuseExpired(await findVectorStore(services, request, id), now());
    await storage.vectorStores.touch(id, now());
  }
  if (storeIds.length > 0) await ingest.waitForPending(storeIds, request.context.signal);
}
