import type { FastifyInstance } from "fastify";
import type { FeedbackEntry, MessageRecord } from "../../conversations/conversation-store.ts";
import { toFeedbackQuestion } from "../../conversations/feedback-questions.ts";
import { feedbackQuerySchema, pathTo } from "../../protocol/conversations.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";
import { toMessageBody } from "./conversations.ts";

/** `/groundwire/feedback`: what callers of all tenants said of their answers, for whoever runs the server. */
export function feedbackRoutes({ conversations }: HttpServices) {
  async function pathOf({
    owner,
    conversationId,
    message,
  }: FeedbackEntry): Promise<MessageRecord[]> {
    return pathTo(await conversations.messages(owner, conversationId), message.id);
  }

  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      "/feedback",
      operation("Answers that callers judged, newest judgement first", {
        query: feedbackQuerySchema,
      }),
      async (request) => {
        const { limit, before } = parseRequest(feedbackQuerySchema, request.query);
        const entries = await conversations.feedback({
          limit: limit + 1,
          ...(before === undefined ? {} : { before }),
        });
        const data = entries.slice(0, limit).map(async (entry) => ({
          id: entry.message.id,
          object: "conversation.feedback",
          conversation_id: entry.conversationId,
          tenant: entry.owner.tenant,
          key: entry.owner.name,
          question: (await pathOf(entry)).at(-2)?.text ?? "",
          message: toMessageBody(entry.message),
        }));
        return { object: "list", data: await Promise.all(data), has_more: entries.length > limit };
      },
    );

    app.get(
      "/feedback/export",
      operation("Judged answers as questions for `groundwire eval`, one JSON object a line", {
        query: feedbackQuerySchema,
      }),
      async (request, reply) => {
        const { limit, before } = parseRequest(feedbackQuerySchema, request.query);
        const entries = await conversations.feedback({
          limit,
          ...(before === undefined ? {} : { before }),
        });
        const questions = entries.map(async (entry) =>
          toFeedbackQuestion(entry, await pathOf(entry)),
        );
        const lines = (await Promise.all(questions)).filter((question) => question !== null);
        return reply
          .type("application/x-ndjson; charset=utf-8")
          .header("content-disposition", 'attachment; filename="feedback.jsonl"')
          .send(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      },
    );
  };
}
