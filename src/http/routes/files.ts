import type { FastifyInstance } from "fastify";
import { fileListQuerySchema, uploadFieldsSchema } from "../../protocol/files.ts";
import type { FileBody } from "../../protocol/files.ts";
import { storedPurpose } from "../../protocol/files.ts";
import { listBody } from "../../protocol/lists.ts";
import { parseRequest } from "../../protocol/validation.ts";
import type { FileRecord } from "../../storage/storage.ts";
import { sendFile } from "../download.ts";
import { definedQuery } from "../list-query.ts";
import { callerFilter, findFile, isVisibleFile } from "../lookup.ts";
import { relabelMultipart } from "../multipart-body.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";
import { visiblePage } from "../visible-page.ts";
import { receiveUpload } from "../upload.ts";

interface ById {
  Params: { id: string };
}

/** `…/files` */
export function fileRoutes(services: HttpServices) {
  const { storage } = services;
  return async (app: FastifyInstance): Promise<void> => {
    app.post(
      "/files",
      {
        ...operation("Upload a file", {
          body: uploadFieldsSchema,
          bodyType: "multipart/form-data",
        }),
        onRequest: relabelMultipart,
      },
      async (request, reply) => {
        const file = await receiveUpload(services, request);
        const { apiVersion } = request.context;
        // The dated API creates, with the place of the new file; the v1 API just answers.
        if (apiVersion !== null) {
          reply.code(201).header("location", `/openai/files/${file.id}?api-version=${apiVersion}`);
        }
        return toFileBody(file);
      },
    );

    app.get("/files", operation("List files", { query: fileListQuerySchema }), async (request) => {
      const query = parseRequest(fileListQuerySchema, request.query);
      const access = callerFilter(services, request);
      const { tenant } = request.context.principal;
      const purpose = query.purpose === undefined ? {} : { purpose: query.purpose };
      const { data, hasMore } = await visiblePage(definedQuery(query), {
        read: (page) => storage.files.list(tenant, { ...page, ...purpose }),
        idOf: (file) => file.id,
        isVisible: access && ((file) => isVisibleFile(services, file.id, access)),
      });
      return listBody(data.map(toFileBody), hasMore);
    });

    app.get<ById>("/files/:id", operation("A file"), async (request) =>
      toFileBody(await findFile(services, request, request.params.id)),
    );

    app.get<ById>("/files/:id/content", operation("A file's bytes"), async (request, reply) =>
      sendFile(storage, await findFile(services, request, request.params.id), { request, reply }),
    );

    app.delete<ById>(
      "/files/:id",
      operation("Delete a file, also from its vector stores"),
      async (request) => {
        const { id, tenant } = await findFile(services, request, request.params.id);
        const deleted = await storage.files.delete(tenant, id);
        for (const storeId of deleted?.vectorStoreIds ?? [])
          await storage.passages.deleteFile(storeId, id);
        await storage.blobs.delete(id);
        return { id, object: "file", deleted: true };
      },
    );
  };
}

function toFileBody(file: FileRecord): FileBody {
  return {
    id: file.id,
    object: "file",
    bytes: file.bytes,
    created_at: file.createdAt,
    filename: file.filename,
    purpose: storedPurpose(file.purpose),
    status: "processed",
    ...(file.expiresAt === null ? {} : { expires_at: file.expiresAt }),
  };
}
