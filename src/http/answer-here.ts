import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Question } from "../answer/question.ts";
import type { Deployment } from "../models/deployments.ts";
import { mapParameters } from "../models/parameters.ts";
import { vectorStoreIdsOf } from "../protocol/data-sources/parse.ts";
import { invalidDataSource } from "../protocol/validation.ts";
import { newId } from "../util/ids.ts";
import { type Accounting, accounted } from "./accounting.ts";
import { beginTurn, type ConversationTurn } from "./conversation-turn.ts";
import { chatCompletionsDialect } from "./encode/chat-completions.ts";
import type { Dialect, ReplyIdentity } from "./encode/dialect.ts";
import { extensionsDialect } from "./encode/extensions.ts";
import { onYourDataDialect } from "./encode/on-your-data.ts";
import { type GroundedRequest, readGroundedRequest } from "./grounded-request.ts";
import { readInterpreterFiles } from "./interpreter-files.ts";
import { findVectorStore, refuseExpired } from "./lookup.ts";
import { sendStream, sendWhole } from "./send-answer.ts";
import type { HttpServices } from "./services-type.ts";

/** "1": the reply tells how the answer came to be. */
const TRACE_HEADER = "x-groundwire-trace";
/** "1": citations tell where they stand, and the reply what supports each sentence. A trace has that too. */
const EXTENSIONS_HEADER = "x-groundwire-extensions";

/** A chat request on its way to an answer. */
export interface Asked {
  body: Record<string, unknown>;
  deployment: Deployment;
  accounting: Accounting;
  /** The caller speaks the protocol before 2024-02-15. */
  isExtensions: boolean;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Answers from data sources and hosted tools, or with the built-in answerer. */
export async function answerHere(services: HttpServices, asked: Asked): Promise<FastifyReply> {
  const { accounting, request, reply } = asked;
  const turn = await beginTurn(services, request, asked.body);
  const { question, grounded } = await readQuestion(
    services,
    { ...asked, body: turn?.body ?? asked.body },
    { tellsOnce: true, turn },
  ).catch(async (error: unknown) => {
    await turn?.abandon();
    throw error;
  });
  const { wantsExtensions } = question;
  const dialect = dialectOf(asked, { grounded, created: services.now(), wantsExtensions });
  const answered = services.answerer.answer(question, request.context.signal);
  const events = turn === null ? answered : turn.keep(answered, accounting);
  const send = question.chat.stream ? sendStream : sendWhole;
  return send({ events: accounted(events, accounting), dialect, request, reply });
}

/**
 * What is asked, when everything it names is there and ready.
 * @param options.tellsOnce The dialect tells of citations ahead of the text, and then no more.
 */
export async function readQuestion(
  services: HttpServices,
  { body, deployment, request }: Pick<Asked, "body" | "deployment" | "request">,
  { tellsOnce, turn }: { tellsOnce: boolean; turn: ConversationTurn | null },
): Promise<{ question: Question; grounded: GroundedRequest }> {
  const { context } = request;
  context.rawBody = null;
  if (deployment.kind === "upstream") {
    // The mapping itself is done where the model is asked; by then the headers may have been sent.
    context.warnings.push(...mapParameters(body, deployment.model.family).warnings);
  }
  const grounded = readGroundedRequest(body, {
    context,
    configured: services.settings,
    defaults: deployment.dataSources,
  });
  const { chat, sources } = grounded;
  await prepareStores(services, request, vectorStoreIdsOf(sources));
  const files = await readInterpreterFiles(services, request, chat);
  const wantsTrace = services.settings.trace || request.headers[TRACE_HEADER] === "1";
  const wantsExtensions = wantsTrace || request.headers[EXTENSIONS_HEADER] === "1";
  const question = {
    tenant: context.principal.tenant,
    chat,
    sources,
    deployment,
    conversationId: turn?.conversationId ?? null,
    earlierSummary: turn?.earlierSummary ?? null,
    files,
    tellsCitationsOnce: chat.stream && tellsOnce && !wantsExtensions,
    wantsTrace,
    wantsExtensions,
    onStage: context.timings.add,
    onWarning: (text: string) => void context.warnings.push(text),
  };
  return { question, grounded };
}

function dialectOf(
  { deployment, isExtensions, request }: Asked,
  {
    grounded,
    created,
    wantsExtensions,
  }: { grounded: GroundedRequest; created: number; wantsExtensions: boolean },
): Dialect {
  const { chat, sources, isOnYourData } = grounded;
  const identity: ReplyIdentity = {
    id: isOnYourData ? randomUUID() : newId("chatcmpl-", 29),
    created,
    model: deployment.kind === "extractive" ? "groundwire-extractive" : deployment.model.id,
    includeContexts: [...new Set(sources.flatMap(({ common }) => common.includeContexts))],
    includeUsage: chat.stream_options?.include_usage ?? false,
    tellsSteps: wantsExtensions,
  };
  if (!isExtensions) {
    return isOnYourData ? onYourDataDialect(identity) : chatCompletionsDialect(identity);
  }
  if (isOnYourData) return extensionsDialect(identity, request.context.apiVersion ?? "");
  request.context.errorEnvelope = "on_your_data";
  throw invalidDataSource([{ path: ["dataSources"], text: "Field required", missing: true }]);
}

/** The stores exist, have not expired, count as used, and what was just attached to them is waited for. */
async function prepareStores(
  services: HttpServices,
  request: FastifyRequest,
  storeIds: string[],
): Promise<void> {
  const { storage, ingest, now } = services;
  for (const id of storeIds) {
    const store = await findVectorStore(services, request, id);
    const asked = now();
    refuseExpired(store, asked);
    if (store.lastActiveAt < asked) await storage.vectorStores.touch(id, asked);
  }
  if (storeIds.length > 0) await ingest.waitForPending(storeIds, request.context.signal);
}
