import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import type {
  FeedbackEntry,
  FeedbackQuery,
  MessageRecord,
  Owner,
} from "../../conversations/conversation-store.ts";
import { toFeedbackQuestion } from "../../conversations/feedback-questions.ts";
import { pathTo } from "../../protocol/branches.ts";
import {
  type FeedbackEntryBody,
  feedbackExportQuerySchema,
  feedbackQuerySchema,
} from "../../protocol/conversations.ts";
import { listBody } from "../../protocol/lists.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { toMessageBody } from "../conversation-bodies.ts";
import { ownerOf } from "../conversation-turn.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

/** Judgements an export reads at a time. */
const AT_A_TIME = 25;

interface JudgedAnswer {
  entry: FeedbackEntry;
  path: MessageRecord[];
}

/** `/groundwire/feedback`: what callers of all tenants said of their answers, for whoever runs the server. */
export function feedbackRoutes({ conversations }: HttpServices) {
  /** With the messages up to each answer. A conversation is read once for all that was judged in it. */
  function withPaths(entries: FeedbackEntry[]): Promise<JudgedAnswer[]> {
    const read = new Map<string, Promise<MessageRecord[]>>();
    const judged = entries.map(async (entry): Promise<JudgedAnswer> => {
      const { owner, conversationId, message } = entry;
      const messages = read.get(conversationId) ?? conversations.messages(owner, conversationId);
      read.set(conversationId, messages);
      return { entry, path: pathTo(await messages, message.id) };
    });
    return Promise.all(judged);
  }

  function toBody({ entry, path }: JudgedAnswer, caller: Owner): FeedbackEntryBody {
    const { tenant, name } = entry.owner;
    return {
      id: entry.message.id,
      object: "conversation.feedback",
      conversation_id: entry.conversationId,
      own: tenant === caller.tenant && name === caller.name,
      tenant,
      key: name,
      question: path.at(-2)?.text ?? "",
      message: toMessageBody(entry.message),
    };
  }

  async function* linesOf(
    { limit, ...wanted }: FeedbackQuery,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    let left = limit;
    for (let query = wanted; left > 0;) {
      signal.throwIfAborted();
      const asked = Math.min(left, AT_A_TIME);
      const page = await conversations.feedback({ ...query, limit: asked });
      for (const { entry, path } of await withPaths(page)) {
        const question = toFeedbackQuestion(entry, path);
        if (question !== null) yield `${JSON.stringify(question)}\n`;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < asked) return;
      query = { ...query, after: last.message.id };
      left -= page.length;
    }
  }

  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      "/feedback",
      operation("Answers that callers judged, newest judgement first", {
        query: feedbackQuerySchema,
      }),
      async (request) => {
        const query = parseRequest(feedbackQuerySchema, request.query);
        const { limit } = query;
        const entries = await conversations.feedback({ ...wantedOf(query), limit: limit + 1 });
        const caller = ownerOf(request.context.principal);
        const judged = await withPaths(entries.slice(0, limit));
        const data = judged.map((one) => toBody(one, caller));
        return listBody(data, entries.length > limit);
      },
    );

    app.get(
      "/feedback/export",
      operation("Judged answers as questions for `groundwire eval`, one JSON object a line", {
        query: feedbackExportQuerySchema,
      }),
      async (request, reply) => {
        const query = parseRequest(feedbackExportQuerySchema, request.query);
        const limit = query.limit ?? Number.MAX_SAFE_INTEGER;
        const lines = linesOf({ ...wantedOf(query), limit }, request.context.signal);
        return reply
          .type("application/x-ndjson; charset=utf-8")
          .header("content-disposition", 'attachment; filename="feedback.jsonl"')
          .send(Readable.from(lines));
      },
    );
  };
}

/** The query without its absent keys, as the store wants it. */
function wantedOf({
  before,
  after,
  thumb,
  reason,
}: z.output<typeof feedbackExportQuerySchema>): Omit<FeedbackQuery, "limit"> {
  return {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(thumb === undefined ? {} : { thumb }),
    ...(reason === undefined ? {} : { reason }),
  };
}
