import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { wholeDiagnosis } from "../../doctor/doctor.ts";
import { type DiagnosisEvent, diagnosisRequestSchema } from "../../protocol/diagnosis.ts";
import { DONE, encodeEvent } from "../../protocol/sse.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

/** `/groundwire/doctor`: what is broken, for whoever runs the server. */
export function doctorRoutes({ doctor }: Pick<HttpServices, "doctor">) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post(
      "/doctor",
      operation("Look at every source, deployment and embedding, or at a pasted chat request", {
        body: diagnosisRequestSchema,
      }),
      async (request, reply) => {
        const { stream, ...asked } = parseRequest(diagnosisRequestSchema, request.body ?? {});
        const { principal, signal } = request.context;
        const events = doctor.diagnose(asked, { principal, signal });
        reply.header("cache-control", "no-store");
        if (!stream) return wholeDiagnosis(events);
        return reply
          .type("text/event-stream; charset=utf-8")
          .header("x-accel-buffering", "no")
          .send(Readable.from(encoded(events)));
      },
    );
  };
}

async function* encoded(events: AsyncGenerator<DiagnosisEvent>): AsyncGenerator<string> {
  for await (const event of events) yield encodeEvent(JSON.stringify(event));
  yield encodeEvent(DONE);
}
