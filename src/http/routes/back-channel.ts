import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { SignIn } from "../../auth/sign-in/sign-in.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { operation } from "../operation.ts";

const FORM = "application/x-www-form-urlencoded";
/** Of a form with one token. */
const MOST_BYTES = 64 * 1024;

const bodySchema = z.object({ logout_token: z.string() });

/** `/groundwire/sign-in/back-channel`: the provider says that a session there has ended, so that it ends here. Null: there is no provider. */
export function backChannelRoutes(signIn: SignIn | null) {
  return async (app: FastifyInstance): Promise<void> => {
    // Pages of others can send forms, but nobody else can sign what stands in this one.
    app.addContentTypeParser(
      FORM,
      { parseAs: "string", bodyLimit: MOST_BYTES },
      async (_request: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
    );
    app.post(
      "/sign-in/back-channel",
      operation("The provider ends sessions", { body: bodySchema, bodyType: FORM }),
      async (request, reply) => {
        const { data } = bodySchema.safeParse(request.body);
        const { signal } = request.context;
        const ended = data ? await signIn?.logoutTokens.read(data.logout_token, signal) : null;
        if (signIn === null || !ended) {
          throw new GroundwireError(
            "invalid_request",
            "The form should have a 'logout_token' that the provider of 'sign_in' has signed for this client within the last minutes.",
            { param: "logout_token" },
          );
        }
        const count = await signIn.sessions.endOf(ended);
        request.log.info({ count }, "sessions ended by the provider");
        return reply.code(200).header("cache-control", "no-store").send();
      },
    );
  };
}
