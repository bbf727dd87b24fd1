import type { FastifyInstance } from "fastify";
import type { SessionInfo, Sessions } from "../../auth/sign-in/sessions.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { listBody } from "../../protocol/lists.ts";
import {
  type EndedSessionBody,
  type SessionBody,
  sessionListQuerySchema,
} from "../../protocol/sign-in.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { definedQuery } from "../list-query.ts";
import { operation } from "../operation.ts";

/** `/groundwire/sessions`: who is signed in, for whoever runs the server. Null: nobody can sign in. */
export function sessionRoutes(sessions: Sessions | null) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      "/sessions",
      operation("List who is signed in", { query: sessionListQuerySchema }),
      async (request) => {
        const query = parseRequest(sessionListQuerySchema, request.query);
        const page = await sessions?.list(definedQuery(query));
        return listBody((page?.data ?? []).map(toBody), page?.hasMore ?? false);
      },
    );

    app.delete<{ Params: { id: string } }>(
      "/sessions/:id",
      operation("End somebody's session"),
      async (request): Promise<EndedSessionBody> => {
        const { id } = request.params;
        if (!(await sessions?.revoke(id))) {
          throw new GroundwireError(
            "not_found",
            `No session with id '${id.slice(0, 100)}', or it has ended already.`,
            { param: "id" },
          );
        }
        return { id, object: "groundwire.session", deleted: true };
      },
    );
  };
}

function toBody({ id, key, user, createdAt, expiresAt, idleUntil }: SessionInfo): SessionBody {
  return {
    id,
    object: "groundwire.session",
    key,
    name: user.name,
    email: user.email,
    created_at: createdAt,
    expires_at: expiresAt,
    idle_until: idleUntil,
  };
}
