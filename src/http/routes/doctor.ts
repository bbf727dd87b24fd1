import type { FastifyInstance } from "fastify";
import { type DiagnosisBody, diagnosisRequestSchema } from "../../protocol/diagnosis.ts";
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
      async (request, reply): Promise<DiagnosisBody> => {
        const asked = parseRequest(diagnosisRequestSchema, request.body ?? {});
        const { principal, signal } = request.context;
        reply.header("cache-control", "no-store");
        return doctor.diagnose(asked, { principal, signal });
      },
    );
  };
}
