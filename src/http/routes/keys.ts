import type { FastifyInstance } from "fastify";
import type { Authenticator } from "../../auth/authenticate.ts";
import type { StoredKeys } from "../../auth/stored-keys.ts";
import type { Settings } from "../../config/settings.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { createKeySchema, keyListQuerySchema } from "../../protocol/keys.ts";
import type { CreatedKeyBody, KeyBody, RevokedKeyBody } from "../../protocol/keys.ts";
import { listBody } from "../../protocol/lists.ts";
import { parseRequest } from "../../protocol/validation.ts";
import type { KeyRecord } from "../../storage/key-records.ts";
import { definedQuery } from "../list-query.ts";
import { operation } from "../operation.ts";

export interface KeyRouteServices {
  settings: Pick<Settings, "apiKeys">;
  storedKeys: StoredKeys;
  authenticator: Authenticator;
  /** Unix seconds. */
  now: () => number;
}

/** `/groundwire/keys`: the keys of all tenants, for whoever runs the server. Keys of the configuration are not among them. */
export function keyRoutes({ settings, storedKeys, authenticator, now }: KeyRouteServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.post(
      "/keys",
      operation("Make a key", { body: createKeySchema }),
      async (request, reply): Promise<CreatedKeyBody> => {
        const body = parseRequest(createKeySchema, request.body);
        const { name, tenant = name, expires_at: expiresAt = null } = body;
        if (expiresAt !== null && expiresAt <= now()) {
          throw new GroundwireError(
            "invalid_request",
            "Invalid value for 'expires_at': the time has passed already (Unix seconds are expected).",
            { param: "expires_at" },
          );
        }
        // The two would share their limits and could not be told apart in the log.
        if (settings.apiKeys.some((key) => key.tenant === tenant && key.name === name)) {
          throw new GroundwireError(
            "conflict",
            `Tenant '${tenant}' already has a key named '${name}' in the configuration. Choose another name.`,
            { param: "name" },
          );
        }
        const wasKeyless = await authenticator.isKeyless();
        const { key, record } = await storedKeys.create({
          name,
          tenant,
          scopes: body.scopes,
          mode: body.mode ?? null,
          requestsPerMinute: body.requests_per_minute ?? null,
          tokensPerMinute: body.tokens_per_minute ?? null,
          budget: body.budget ?? null,
          expiresAt,
        });
        reply.code(201).header("cache-control", "no-store");
        return { ...toKeyBody(record), key, closes_server: wasKeyless };
      },
    );

    app.get(
      "/keys",
      operation("List the keys of all tenants", { query: keyListQuerySchema }),
      async (request) => {
        const query = parseRequest(keyListQuerySchema, request.query);
        const { data, hasMore } = await storedKeys.list(definedQuery(query));
        return listBody(data.map(toKeyBody), hasMore);
      },
    );

    app.delete<{ Params: { id: string } }>(
      "/keys/:id",
      operation("Revoke a key"),
      async (request): Promise<RevokedKeyBody> => {
        const { id } = request.params;
        if (!(await storedKeys.revoke(id))) {
          throw new GroundwireError(
            "not_found",
            `No key with id '${id.slice(0, 100)}', or it has been revoked already.`,
            { param: "id" },
          );
        }
        return {
          id,
          object: "groundwire.key",
          deleted: true,
          opens_server: await authenticator.isKeyless(),
        };
      },
    );
  };
}

function toKeyBody(key: KeyRecord): KeyBody {
  return {
    id: key.id,
    object: "groundwire.key",
    name: key.name,
    tenant: key.tenant,
    scopes: key.scopes,
    mode: key.mode,
    requests_per_minute: key.requestsPerMinute,
    tokens_per_minute: key.tokensPerMinute,
    budget: key.budget,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    last_used_at: key.lastUsedAt,
    revoked_at: key.revokedAt,
  };
}
