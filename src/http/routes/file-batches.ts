import type { FastifyInstance, FastifyRequest } from "fastify";
import { GroundwireError } from "../../protocol/errors.ts";
import { listBody } from "../../protocol/lists.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { createFileBatchSchema, vectorStoreFileListSchema } from "../../protocol/vector-stores.ts";
import type { FileBatchRecord } from "../../storage/storage.ts";
import { newId } from "../../util/ids.ts";
import {
  attach,
  requireFiles,
  toChunking,
  toFileBatchBody,
  toVectorStoreFileBody,
} from "../attachments.ts";
import { definedQuery } from "../list-query.ts";
import { callerFilter, findVectorStore } from "../lookup.ts";
import { pollSoon } from "../poll-soon.ts";
import { operation } from "../operation.ts";
import { maySee } from "../document-access.ts";
import type { HttpServices } from "../services-type.ts";
import { visiblePage } from "../visible-page.ts";

interface ByBatch {
  Params: { id: string; batchId: string };
}

/** `…/vector_stores/{id}/file_batches` */
export function fileBatchRoutes(services: HttpServices) {
  const { storage } = services;

  async function findBatch(request: FastifyRequest<ByBatch>): Promise<FileBatchRecord> {
    const { id, batchId } = request.params;
    const store = await findVectorStore(services, request, id);
    const batch = await storage.vectorStores.getBatch(store.id, batchId);
    return batch ?? noSuchBatch(batchId, store.id);
  }

  return async (app: FastifyInstance): Promise<void> => {
    pollSoon(app);
    app.post<{ Params: { id: string } }>(
      "/vector_stores/:id/file_batches",
      operation("Put files into a vector store", { body: createFileBatchSchema }),
      async (request) => {
        const body = parseRequest(createFileBatchSchema, request.body);
        const store = await findVectorStore(services, request, request.params.id);
        const files = body.files ?? (body.file_ids ?? []).map((file_id) => ({ file_id }));
        const wanted = new Map(files.map((file) => [file.file_id, { ...body, ...file }]));
        await requireFiles(services, request, [...wanted.keys()]);
        const attachments = [...wanted].map(([fileId, file]) => ({
          fileId,
          chunking: toChunking(file.chunking_strategy),
          attributes: file.attributes ?? {},
        }));
        const batchId = newId("vsfb_");
        await attach(services, request, { storeId: store.id, attachments, batchId });
        const batch = await storage.vectorStores.getBatch(store.id, batchId);
        return toFileBatchBody(batch ?? noSuchBatch(batchId, store.id));
      },
    );

    app.get<ByBatch>(
      "/vector_stores/:id/file_batches/:batchId",
      operation("A file batch"),
      async (request) => toFileBatchBody(await findBatch(request)),
    );

    app.post<ByBatch>(
      "/vector_stores/:id/file_batches/:batchId/cancel",
      operation("Stop ingesting a batch"),
      async (request) => {
        const { id, vectorStoreId } = await findBatch(request);
        const batch = await storage.vectorStores.cancelBatch(vectorStoreId, id);
        return toFileBatchBody(batch ?? noSuchBatch(id, vectorStoreId));
      },
    );

    app.get<ByBatch>(
      "/vector_stores/:id/file_batches/:batchId/files",
      operation("Files of a batch", { query: vectorStoreFileListSchema }),
      async (request) => {
        const query = parseRequest(vectorStoreFileListSchema, request.query);
        const { id, vectorStoreId } = await findBatch(request);
        const access = callerFilter(services, request);
        const { data, hasMore } = await visiblePage(definedQuery(query), {
          read: (page) =>
            storage.vectorStores.listFiles(vectorStoreId, {
              ...page,
              batchId: id,
              ...(query.filter === undefined ? {} : { status: query.filter }),
            }),
          idOf: (row) => row.fileId,
          isVisible: access && ((row) => maySee(access, row.attributes)),
        });
        const { apiVersion } = request.context;
        return listBody(
          data.map((row) => toVectorStoreFileBody(row, apiVersion)),
          hasMore,
        );
      },
    );
  };
}

function noSuchBatch(batchId: string, storeId: string): never {
  throw new GroundwireError(
    "not_found",
    `No file batch found with id '${batchId.slice(0, 100)}' in vector store '${storeId}'.`,
    { param: "batch_id" },
  );
}
