import type { FastifyReply, FastifyRequest } from "fastify";
import type { Deployment } from "../../models/deployments.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import type { AnswerEvent } from "../../protocol/events.ts";
import type { CreateResponse } from "../../protocol/responses/request.ts";
import { newResponse, type ResponseBody } from "../../protocol/responses/response.ts";
import { toChatBody } from "../../protocol/responses/to-chat.ts";
import { newId } from "../../util/ids.ts";
import { type Accounting, accounted } from "../accounting.ts";
import { readQuestion } from "../answer-here.ts";
import {
  completeResponse,
  responsesDialect,
  type ResponsesIdentity,
} from "../encode/responses/responses.ts";
import { sendStream, sendWhole } from "../send-answer.ts";
import type { HttpServices } from "../services-type.ts";
import type { BackgroundResponses } from "./background.ts";
import { readHistory, resolveReferences, storedInput } from "./conversation.ts";

/** How long a response is kept: as long as OpenAI says it keeps them. */
const KEPT_SECONDS = 30 * 86_400;

export interface AskedResponse {
  create: CreateResponse;
  deployment: Deployment;
  accounting: Accounting;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Answers a request of the Responses API, whole, streamed, or in the background, and keeps the response. */
export async function answerResponse(
  services: HttpServices,
  asked: AskedResponse,
  background: BackgroundResponses,
): Promise<FastifyReply> {
  const { create, deployment, accounting, request, reply } = asked;
  refuseContradictions(create);
  const { tenant } = request.context.principal;
  const history = await readHistory(services, { tenant, previousId: create.previous_response_id });
  const input = resolveReferences(create.input, history);
  const body = toChatBody(create, { history, input });
  const { question } = await readQuestion(
    services,
    { body, deployment, request },
    { tellsOnce: false, turn: null },
  );
  request.context.errorEnvelope = "openai";

  const identity = identityOf(services, { create, deployment, request });
  const save = (response: ResponseBody): Promise<void> =>
    services.storage.responses.put({
      id: response.id,
      tenant,
      previousId: response.previous_response_id,
      isRunning: response.status === "in_progress",
      input: JSON.stringify(storedInput(response.id, input)),
      body: JSON.stringify(response),
      expiresAt: response.created_at + KEPT_SECONDS,
    });

  const answer = (signal: AbortSignal): AsyncGenerator<AnswerEvent> =>
    accounted(services.answerer.answer(question, signal), accounting);
  if (create.background) {
    await save(identity.response);
    background.start(identity.response.id, {
      response: identity.response,
      write: async (signal) => {
        const events: AnswerEvent[] = [];
        for await (const event of answer(signal)) events.push(event);
        return completeResponse(events, identity);
      },
      save,
    });
    return reply.send(identity.response);
  }
  const events = kept(answer(request.context.signal), create.store ? identity : null, save);
  const send = create.stream ? sendStream : sendWhole;
  return send({ events, dialect: responsesDialect(identity), request, reply });
}

function refuseContradictions({ background, store, stream }: CreateResponse): void {
  if (!background) return;
  const other = stream ? "stream" : store ? null : "store";
  if (other === null) return;
  throw new GroundwireError(
    "invalid_parameter_combination",
    other === "stream"
      ? "A response in the background is not streamed. Poll it with GET /responses/{id}, or leave 'background' out."
      : "A response in the background must be stored, or nobody could ever read it.",
    { param: other },
  );
}

function identityOf(
  { now }: HttpServices,
  {
    create,
    deployment,
    request,
  }: { create: CreateResponse; deployment: Deployment; request: FastifyRequest },
): ResponsesIdentity {
  const model = deployment.kind === "extractive" ? "groundwire-extractive" : deployment.model.id;
  let completed: number | undefined;
  return {
    response: newResponse(create, { id: newId("resp_", 48), createdAt: now(), model }),
    includeResults: create.include.includes("file_search_call.results"),
    includeOutputs: create.include.includes("code_interpreter_call.outputs"),
    origin: originOf(request),
    completedAt: () => (completed ??= now()),
  };
}

/** What the caller wrote as host may be no host at all. */
function originOf({ protocol, host }: FastifyRequest): string {
  const origin = `${protocol}://${host}`;
  return URL.canParse(origin) ? origin : "http://localhost";
}

/** Keeps the response before its last word is sent: the next request may go on from it. */
async function* kept(
  events: AsyncGenerator<AnswerEvent>,
  identity: ResponsesIdentity | null,
  save: (response: ResponseBody) => Promise<void>,
): AsyncGenerator<AnswerEvent> {
  const seen: AnswerEvent[] = [];
  for await (const event of events) {
    if (identity !== null) seen.push(event);
    yield event;
  }
  if (identity !== null) await save(completeResponse(seen, identity));
}
