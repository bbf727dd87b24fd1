import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ConversationRecord, MessageRecord } from "../../conversations/conversation-store.ts";
import { toMarkdown } from "../../conversations/export.ts";
import { pathTo } from "../../protocol/branches.ts";
import {
  conversationListQuerySchema,
  createConversationSchema,
  exportQuerySchema,
  feedbackSchema,
  forkConversationSchema,
  updateConversationSchema,
} from "../../protocol/conversations.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { listBody } from "../../protocol/lists.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { newId } from "../../util/ids.ts";
import {
  toConversationBody,
  toFoundBody,
  toListedBody,
  toMessageBody,
  usageOf,
} from "../conversation-bodies.ts";
import { noConversation, ownerOf } from "../conversation-turn.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

interface ById {
  Params: { id: string };
}
interface ByMessage {
  Params: { id: string; messageId: string };
}

/** `/groundwire/conversations`: what the caller asked before, and how it was answered. */
export function conversationRoutes(services: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    registerCollection(app, services);
    registerConversation(app, services);
    registerBranches(app, services);
    registerFeedback(app, services);
  };
}

function registerCollection(app: FastifyInstance, { conversations, now }: HttpServices): void {
  app.post(
    "/conversations",
    operation("Begin a conversation", { body: createConversationSchema }),
    async (request, reply) => {
      const { title, metadata } = parseRequest(createConversationSchema, request.body);
      const conversation = newConversation(request, { title: title ?? null, metadata, now: now() });
      await conversations.create(conversation);
      reply.code(201);
      return toConversationBody(conversation);
    },
  );

  app.get(
    "/conversations",
    operation("List conversations, or search them", { query: conversationListQuerySchema }),
    async (request) => {
      const { limit, after, search } = parseRequest(conversationListQuerySchema, request.query);
      const { data, hasMore } = await conversations.list(ownerOf(request.context.principal), {
        limit,
        search,
        ...(after === undefined ? {} : { after }),
      });
      return listBody(
        data.map((found) => toFoundBody(found, search)),
        hasMore,
      );
    },
  );

  app.delete("/conversations", operation("Delete all conversations"), async (request) => ({
    object: "conversation.deleted",
    deleted: await conversations.deleteAll(ownerOf(request.context.principal)),
  }));
}

function registerConversation(app: FastifyInstance, services: HttpServices): void {
  const { conversations } = services;

  app.get<ById>(
    "/conversations/:id",
    operation("A conversation with all its messages"),
    async (request) => {
      const conversation = await findConversation(services, request);
      const messages = await conversations.messages(conversation.owner, conversation.id);
      const bodies = messages.map(toMessageBody);
      return {
        ...toConversationBody(conversation),
        usage: usageOf(bodies, services.usage.currency),
        messages: bodies.map(toListedBody),
      };
    },
  );

  app.get<ByMessage>(
    "/conversations/:id/messages/:messageId",
    operation("A message with all that was found for it"),
    async (request) => {
      const { owner, id } = await findConversation(services, request);
      const { messageId } = request.params;
      return toMessageBody(await findMessage(services, { owner, id, messageId }));
    },
  );

  app.patch<ById>(
    "/conversations/:id",
    operation("Rename, pin or change a conversation", { body: updateConversationSchema }),
    async (request) => {
      const change = parseRequest(updateConversationSchema, request.body);
      const { owner, id } = await findConversation(services, request);
      if (change.leaf_message_id !== undefined)
        await findMessage(services, { owner, id, messageId: change.leaf_message_id });
      const updated = await conversations.update(owner, id, {
        ...(change.title === undefined ? {} : { title: change.title }),
        ...(change.pinned === undefined ? {} : { isPinned: change.pinned }),
        ...(change.metadata === undefined ? {} : { metadata: change.metadata }),
        ...(change.leaf_message_id === undefined ? {} : { leafId: change.leaf_message_id }),
      });
      if (updated === null) throw noConversation(id);
      return toConversationBody(updated);
    },
  );

  app.delete<ById>("/conversations/:id", operation("Delete a conversation"), async (request) => {
    const { owner, id } = await findConversation(services, request);
    await conversations.delete(owner, id);
    return { id, object: "conversation.deleted", deleted: true };
  });
}

function registerBranches(app: FastifyInstance, services: HttpServices): void {
  const { conversations, now } = services;

  app.post<ById>(
    "/conversations/:id/fork",
    operation("Go on in a conversation of its own, from one message", {
      body: forkConversationSchema,
    }),
    async (request, reply) => {
      const { message_id: messageId, title } = parseRequest(forkConversationSchema, request.body);
      const original = await findConversation(services, request);
      const path = pathTo(await conversations.messages(original.owner, original.id), messageId);
      if (path.length === 0) throw noMessage(messageId);
      const fork = newConversation(request, {
        title: title ?? original.title,
        metadata: original.metadata,
        now: now(),
      });
      await conversations.create(fork);
      await conversations.append(fork.owner, fork.id, { messages: withNewIds(path), now: now() });
      reply.code(201);
      return toConversationBody({ ...fork, ...(await conversations.get(fork.owner, fork.id)) });
    },
  );

  app.get<ById>(
    "/conversations/:id/export",
    operation("A conversation as a document, with its sources", { query: exportQuerySchema }),
    async (request, reply) => {
      const { format } = parseRequest(exportQuerySchema, request.query);
      const conversation = await findConversation(services, request);
      const { owner, id, title, leafId } = conversation;
      const path = pathTo(await conversations.messages(owner, id), leafId).map(toMessageBody);
      const extension = format === "json" ? "json" : "md";
      reply.header("content-disposition", `attachment; filename="${id}.${extension}"`);
      if (format === "json") return { ...toConversationBody(conversation), messages: path };
      return reply.type("text/markdown; charset=utf-8").send(toMarkdown(title, path));
    },
  );
}

function registerFeedback(app: FastifyInstance, services: HttpServices): void {
  const { conversations, now } = services;
  const path = "/conversations/:id/messages/:messageId/feedback";

  app.put<ByMessage>(
    path,
    operation("Say how good an answer was", { body: feedbackSchema }),
    async (request) => {
      const { thumb, reasons, text } = parseRequest(feedbackSchema, request.body);
      const { owner, id } = await findConversation(services, request);
      const { messageId } = request.params;
      const message = await findMessage(services, { owner, id, messageId });
      if (message.answer === null) {
        throw new GroundwireError(
          "invalid_request",
          "Feedback is about answers; this message is none.",
          { param: "message_id" },
        );
      }
      const feedback = { thumb, reasons, text: text || null, createdAt: now() };
      await conversations.setFeedback(owner, { id, messageId }, feedback);
      return toMessageBody({ ...message, feedback });
    },
  );

  app.delete<ByMessage>(path, operation("Take feedback back"), async (request) => {
    const { owner, id } = await findConversation(services, request);
    const { messageId } = request.params;
    const message = await findMessage(services, { owner, id, messageId });
    await conversations.setFeedback(owner, { id, messageId }, null);
    return toMessageBody({ ...message, feedback: null });
  });
}

async function findConversation(
  { conversations }: HttpServices,
  request: FastifyRequest,
): Promise<ConversationRecord> {
  const { id } = request.params as { id: string }; // every route here has it
  const found = await conversations.get(ownerOf(request.context.principal), id);
  if (found === null) throw noConversation(id);
  return found;
}

async function findMessage(
  { conversations }: HttpServices,
  { owner, id, messageId }: Pick<ConversationRecord, "owner" | "id"> & { messageId: string },
): Promise<MessageRecord> {
  const messages = await conversations.messages(owner, id);
  const found = messages.find((message) => message.id === messageId);
  if (found === undefined) throw noMessage(messageId);
  return found;
}

function noMessage(id: string): GroundwireError {
  return new GroundwireError("not_found", `No message found with id '${id.slice(0, 100)}'.`, {
    param: "message_id",
  });
}

function newConversation(
  request: FastifyRequest,
  { title, metadata, now }: { title: string | null; metadata: Record<string, string>; now: number },
): ConversationRecord {
  return {
    id: newId("conv_"),
    owner: ownerOf(request.context.principal),
    title: title || null,
    isPinned: false,
    metadata,
    leafId: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** Copies of a path's messages; feedback stays with the originals. */
function withNewIds(path: MessageRecord[]): MessageRecord[] {
  let parentId: string | null = null;
  return path.map((message) => {
    const copy = { ...message, id: newId("msg_"), parentId, feedback: null };
    parentId = copy.id;
    return copy;
  });
}
