import type { FastifyInstance } from "fastify";

/** Most files are ready within this time; the official clients would wait for seconds between two looks. */
const POLL_AFTER_MS = 200;

/** Tells clients that poll the routes of this plugin how soon to look again. */
export function pollSoon(app: FastifyInstance): void {
  app.addHook("onSend", async (_request, reply) => {
    reply.header("openai-poll-after-ms", String(POLL_AFTER_MS));
  });
}
