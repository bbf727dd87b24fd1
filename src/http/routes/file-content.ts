import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { parseRequest } from "../../protocol/validation.ts";
import { findVectorStoreFile } from "../lookup.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

interface ByFile {
  Params: { id: string; fileId: string };
}

/** Passages in one page of a file's content. */
const CONTENT_PAGE = 500;

const contentQuerySchema = z.object({
  page: z.coerce.number().int().min(0).max(10_000_000).default(0),
});

/** `…/vector_stores/{id}/files/{file_id}/content` */
export function fileContentRoutes(services: HttpServices) {
  const { storage } = services;
  return async (app: FastifyInstance): Promise<void> => {
    app.get<ByFile>(
      "/vector_stores/:id/files/:fileId/content",
      operation("The text of a file as it was read", { query: contentQuerySchema }),
      async (request) => {
        const { page } = parseRequest(contentQuerySchema, request.query);
        const { vectorStoreId, fileId } = await findVectorStoreFile(
          services,
          request,
          request.params,
        );
        // One passage more than shown tells whether there is a next page.
        const passages = await storage.passages.range(
          vectorStoreId,
          fileId,
          page,
          page + CONTENT_PAGE,
        );
        const shown = passages.slice(0, CONTENT_PAGE);
        const text = shown.map((passage) => passage.joiner + passage.text).join("");
        const hasMore = passages.length > CONTENT_PAGE;
        return {
          object: "vector_store.file_content.page",
          data: shown.length === 0 ? [] : [{ type: "text", text }],
          has_more: hasMore,
          next_page: hasMore ? String(page + CONTENT_PAGE) : null,
        };
      },
    );
  };
}
