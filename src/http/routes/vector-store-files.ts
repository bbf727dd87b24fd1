import type { FastifyInstance } from "fastify";
import { listBody } from "../../protocol/lists.ts";
import { parseRequest } from "../../protocol/validation.ts";
import {
  attachFileSchema,
  updateFileSchema,
  vectorStoreFileListSchema,
} from "../../protocol/vector-stores.ts";
import { attach, requireFiles, toChunking, toVectorStoreFileBody } from "../attachments.ts";
import { fileNotInStore, findVectorStore, findVectorStoreFile } from "../lookup.ts";
import { pollSoon } from "../poll-soon.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";
import { listStoreFiles } from "../store-files.ts";

interface ById {
  Params: { id: string };
}
interface ByFile {
  Params: { id: string; fileId: string };
}

/** `…/vector_stores/{id}/files` */
export function vectorStoreFileRoutes(services: HttpServices) {
  const { storage } = services;
  return async (app: FastifyInstance): Promise<void> => {
    pollSoon(app);
    app.get<ById>(
      "/vector_stores/:id/files",
      operation("Files of a vector store", { query: vectorStoreFileListSchema }),
      async (request) => {
        const query = parseRequest(vectorStoreFileListSchema, request.query);
        const store = await findVectorStore(services, request, request.params.id);
        const { data, hasMore } = await listStoreFiles(services, request, { store, query });
        const { apiVersion } = request.context;
        return listBody(
          data.map((row) => toVectorStoreFileBody(row, apiVersion)),
          hasMore,
        );
      },
    );

    app.post<ById>(
      "/vector_stores/:id/files",
      operation("Put a file into a vector store", { body: attachFileSchema }),
      async (request) => {
        const body = parseRequest(attachFileSchema, request.body);
        const store = await findVectorStore(services, request, request.params.id);
        await requireFiles(services, request, [body.file_id]);
        const attachment = {
          fileId: body.file_id,
          chunking: toChunking(body.chunking_strategy),
          attributes: body.attributes ?? {},
        };
        const [row] = await attach(services, request, {
          storeId: store.id,
          attachments: [attachment],
          batchId: null,
        });
        if (row === undefined) throw fileNotInStore(body.file_id, store.id);
        return toVectorStoreFileBody(row, request.context.apiVersion);
      },
    );

    app.get<ByFile>(
      "/vector_stores/:id/files/:fileId",
      operation("A file of a vector store"),
      async (request) =>
        toVectorStoreFileBody(
          await findVectorStoreFile(services, request, request.params),
          request.context.apiVersion,
        ),
    );

    app.post<ByFile>(
      "/vector_stores/:id/files/:fileId",
      operation("Change a file's attributes", { body: updateFileSchema }),
      async (request) => {
        const body = parseRequest(updateFileSchema, request.body);
        const { vectorStoreId, fileId } = await findVectorStoreFile(
          services,
          request,
          request.params,
        );
        const attributes = body.attributes ?? {};
        const row = await storage.vectorStores.setAttributes(vectorStoreId, fileId, attributes);
        if (row === null) throw fileNotInStore(fileId, vectorStoreId);
        await storage.passages.setAttributes(vectorStoreId, fileId, attributes);
        return toVectorStoreFileBody(row, request.context.apiVersion);
      },
    );

    app.delete<ByFile>(
      "/vector_stores/:id/files/:fileId",
      operation("Take a file out of a vector store"),
      async (request) => {
        const { vectorStoreId, fileId } = await findVectorStoreFile(
          services,
          request,
          request.params,
        );
        await storage.vectorStores.detach(vectorStoreId, fileId);
        await storage.passages.deleteFile(vectorStoreId, fileId);
        return { id: fileId, object: "vector_store.file.deleted", deleted: true };
      },
    );
  };
}
