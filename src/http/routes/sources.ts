import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { listBody } from "../../protocol/lists.ts";
import type { SourceBody } from "../../protocol/sources.ts";
import { parseRequest } from "../../protocol/validation.ts";
import type { VectorStoreRecord } from "../../storage/storage.ts";
import { isExpired } from "../lookup.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

const sourcesQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

/**
 * `/groundwire/sources`: what the caller may ask, for clients that let people choose. The sources of the configuration first,
 * then vector stores, newest first. Needs no more than the right to ask.
 */
export function sourceRoutes({ settings, storage, now }: HttpServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      "/sources",
      operation("List what a question can be answered from", { query: sourcesQuerySchema }),
      async (request) => {
        const { limit } = parseRequest(sourcesQuerySchema, request.query);
        const { tenant } = request.context.principal;
        const named = Object.entries(settings.sources)
          .filter(([, { tenants }]) => tenants?.includes(tenant) ?? true)
          .map(([name]) => toNamedBody(name));
        const { data, hasMore } = await storage.vectorStores.list(tenant, { limit, order: "desc" });
        const stores = data.filter((store) => !isExpired(store, now())).map(toStoreBody);
        return listBody([...named, ...stores], hasMore);
      },
    );
  };
}

function toNamedBody(name: string): SourceBody {
  return {
    id: name,
    object: "groundwire.source",
    name,
    type: "named",
    of_conversation: false,
    documents: null,
    data_source: { type: "named", parameters: { name } },
  };
}

function toStoreBody({ id, name, metadata, fileCounts }: VectorStoreRecord): SourceBody {
  return {
    id,
    object: "groundwire.source",
    name: name ?? id,
    type: "file_search",
    of_conversation: "conversation" in metadata,
    documents: fileCounts.completed,
    data_source: { type: "file_search", parameters: { vector_store_id: id } },
  };
}
