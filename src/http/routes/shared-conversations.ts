import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Principal } from "../../auth/principal.ts";
import type {
  MessageRecord,
  SharedConversation,
  ShareRecord,
} from "../../conversations/conversation-store.ts";
import { wordsOf } from "../../conversations/export.ts";
import { pathTo } from "../../protocol/branches.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import type {
  ShareBody,
  SharedConversationBody,
  SharedMessageBody,
} from "../../protocol/shares.ts";
import { newId } from "../../util/ids.ts";
import { toMessageBody } from "../conversation-bodies.ts";
import { noConversation, ownerOf } from "../conversation-turn.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

interface ById {
  Params: { id: string };
}
interface ByToken {
  Params: { token: string };
}

/** The conversation's id, by which it is found, and the secret of its share, which is what nobody can guess. */
const TOKEN = /^(conv_\w{1,64})-(\w{32})$/u;

/** Conversations that others of the tenant may read. */
export function sharedConversationRoutes(services: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    registerShares(app, services);
    registerReading(app, services);
  };
}

function registerShares(app: FastifyInstance, { conversations, now }: HttpServices): void {
  const path = "/conversations/:id/share";

  app.post<ById>(
    path,
    operation("Share a conversation as it stands, or share it again as it stands now"),
    async ({ params: { id }, context: { principal } }, reply) => {
      const owner = ownerOf(principal);
      const conversation = await conversations.get(owner, id);
      if (conversation === null) throw noConversation(id);
      if (conversation.leafId === null) {
        throw new GroundwireError(
          "invalid_request",
          "The conversation has no messages yet, so there is nothing to share.",
        );
      }
      const known = await conversations.shared(id);
      const share: ShareRecord = {
        secret: known?.share.secret ?? newId("", 32),
        messageId: conversation.leafId,
        groups: groupsOf(principal),
        createdAt: now(),
      };
      if (!(await conversations.setShare(owner, id, share))) throw noConversation(id);
      reply.code(201);
      return toShareBody(id, share);
    },
  );

  app.get<ById>(
    path,
    operation("The share of a conversation"),
    async ({ params: { id }, context: { principal } }) => {
      const isOwn = (await conversations.get(ownerOf(principal), id)) !== null;
      const found = isOwn ? await conversations.shared(id) : null;
      if (found === null) {
        throw new GroundwireError("not_found", "This conversation is not shared.");
      }
      return toShareBody(id, found.share);
    },
  );

  app.delete<ById>(
    path,
    operation("Stop sharing a conversation"),
    async ({ params: { id }, context: { principal } }) => {
      if (!(await conversations.setShare(ownerOf(principal), id, null))) throw noConversation(id);
      return { object: "conversation.share.deleted", conversation_id: id, deleted: true };
    },
  );
}

function registerReading(app: FastifyInstance, { conversations }: HttpServices): void {
  app.get<ByToken>(
    "/shared/:token",
    operation("A conversation that somebody of the tenant has shared"),
    async ({ params: { token }, context: { principal } }, reply) => {
      keepPrivate(reply);
      const [, id = "", secret = ""] = TOKEN.exec(token) ?? [];
      const found = id === "" ? null : await conversations.shared(id);
      if (found === null || !isSame(found.share.secret, secret) || !isOfTenant(found, principal)) {
        throw new GroundwireError(
          "not_found",
          "No shared conversation is found here: the link is not complete, or the conversation is not shared any more.",
        );
      }
      const { conversation, share } = found;
      refuseStrangerToDocuments(share, principal);
      const messages = await conversations.messages(conversation.owner, conversation.id);
      return {
        object: "conversation.shared",
        title: conversation.title,
        messages: pathTo(messages, share.messageId).flatMap(toSharedMessage),
      } satisfies SharedConversationBody;
    },
  );
}

function keepPrivate(reply: FastifyReply): void {
  reply.header("cache-control", "no-store").header("x-robots-tag", "noindex, nofollow");
}

function isOfTenant({ conversation }: SharedConversation, { tenant }: Principal): boolean {
  return conversation.owner.tenant === tenant;
}

function isSame(left: string, right: string): boolean {
  const [one, other] = [left, right].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** @throws GroundwireError `forbidden` for who is held to documents of groups that cannot be told. */
function groupsOf({ access }: Principal): readonly string[] | null {
  if (access === undefined) return null;
  if (access.groups === null) throw new GroundwireError("forbidden", access.reason);
  return access.groups;
}

/** Answers quote documents: whoever may not see all that the one who shares may see does not read them here either. */
function refuseStrangerToDocuments({ groups }: ShareRecord, reader: Principal): void {
  const own = groupsOf(reader);
  if (own === null || (groups !== null && groups.every((group) => own.includes(group)))) return;
  throw new GroundwireError(
    "forbidden",
    "This conversation was shared by somebody who may see documents that you may not see, and its answers may quote them.",
  );
}

function toShareBody(id: string, { secret, messageId, createdAt }: ShareRecord): ShareBody {
  return {
    object: "conversation.share",
    conversation_id: id,
    path: `/shared/${id}-${secret}`,
    message_id: messageId,
    created_at: createdAt,
  };
}

/** Instructions and what tools were told are not for readers. */
function toSharedMessage(record: MessageRecord): SharedMessageBody[] {
  const { message, answer } = toMessageBody(record);
  const { role } = message;
  const content = wordsOf(message["content"]);
  if (role !== "user" && (role !== "assistant" || content === "")) return [];
  return [{ role, content, citations: answer?.citations ?? [], status: answer?.status ?? null }];
}
