import type { FastifyInstance } from "fastify";
import { listBody, listQuerySchema } from "../../protocol/lists.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { createVectorStoreSchema, updateVectorStoreSchema } from "../../protocol/vector-stores.ts";
import { newId } from "../../util/ids.ts";
import { attach, requireFiles, toChunking, toVectorStoreBody } from "../attachments.ts";
import { definedQuery } from "../list-query.ts";
import { findVectorStore } from "../lookup.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

interface ById {
  Params: { id: string };
}

/** `…/vector_stores` and `…/vector_stores/{id}` */
export function vectorStoreRoutes(services: HttpServices) {
  const { storage, now } = services;
  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      "/vector_stores",
      operation("List vector stores", { query: listQuerySchema }),
      async (request) => {
        const query = parseRequest(listQuerySchema, request.query);
        const { data, hasMore } = await storage.vectorStores.list(
          request.context.principal.tenant,
          definedQuery(query),
        );
        return listBody(
          data.map((store) => toVectorStoreBody(store, now())),
          hasMore,
        );
      },
    );

    app.post(
      "/vector_stores",
      operation("Create a vector store", { body: createVectorStoreSchema }),
      async (request) => {
        const body = parseRequest(createVectorStoreSchema, request.body);
        const fileIds = [...new Set(body.file_ids ?? [])];
        await requireFiles(services, request, fileIds);
        const id = newId("vs_");
        await storage.vectorStores.create({
          id,
          tenant: request.context.principal.tenant,
          name: body.name ?? null,
          description: body.description ?? null,
          metadata: body.metadata ?? {},
          createdAt: now(),
          lastActiveAt: now(),
          expiresAfterDays: body.expires_after?.days ?? null,
        });
        if (fileIds.length > 0) {
          const chunking = toChunking(body.chunking_strategy);
          const attachments = fileIds.map((fileId) => ({ fileId, chunking, attributes: {} }));
          await attach(services, request, { storeId: id, attachments, batchId: null });
        }
        return toVectorStoreBody(await findVectorStore(services, request, id), now());
      },
    );

    app.get<ById>("/vector_stores/:id", operation("A vector store"), async (request) =>
      toVectorStoreBody(await findVectorStore(services, request, request.params.id), now()),
    );

    app.post<ById>(
      "/vector_stores/:id",
      operation("Change a vector store", { body: updateVectorStoreSchema }),
      async (request) => {
        const body = parseRequest(updateVectorStoreSchema, request.body ?? {});
        const store = await findVectorStore(services, request, request.params.id);
        await storage.vectorStores.update(store.tenant, store.id, {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.metadata === undefined ? {} : { metadata: body.metadata ?? {} }),
          ...(body.expires_after === undefined
            ? {}
            : { expiresAfterDays: body.expires_after?.days ?? null }),
        });
        return toVectorStoreBody(await findVectorStore(services, request, store.id), now());
      },
    );

    app.delete<ById>(
      "/vector_stores/:id",
      operation("Delete a vector store; its files stay"),
      async (request) => {
        const store = await findVectorStore(services, request, request.params.id);
        await storage.vectorStores.delete(store.tenant, store.id);
        await storage.passages.drop(store.id);
        return { id: store.id, object: "vector_store.deleted", deleted: true };
      },
    );
  };
}
