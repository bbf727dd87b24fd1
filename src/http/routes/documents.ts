import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { StoreDocumentBody } from "../../protocol/documents.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { listBody } from "../../protocol/lists.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { vectorStoreFileListSchema } from "../../protocol/vector-stores.ts";
import type {
  FileRecord,
  StoredChunk,
  StoredPassage,
  VectorStoreFileRecord,
} from "../../storage/storage.ts";
import { findFile, findVectorStore, findVectorStoreFile } from "../lookup.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";
import { listStoreFiles } from "../store-files.ts";

const chunksQuerySchema = z.object({
  /** Ordinal of the last chunk already seen. */
  after: z.coerce.number().int().min(-1).max(10_000_000).default(-1),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

const partSchema = z.object({
  id: z.string(),
  part: z.coerce.number().int().min(0).max(1_000_000),
});

/**
 * Groundwire's own: what a client needs to open a source at the cited passage. The outline of a file's reading view,
 * its parts as sanitised HTML, the chunks of a file with the place of every passage, and the files of a store with their names.
 */
export function documentRoutes(services: HttpServices) {
  const { storage } = services;
  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Params: { id: string } }>(
      "/files/:id/view",
      operation("Outline of a file's reading view"),
      async (request) => {
        const file = await findFile(services, request, request.params.id);
        const outline = await storage.blobs.viewOutline(file.id);
        if (outline === null) throw noView(file.id);
        return { object: "groundwire.view", file_id: file.id, filename: file.filename, ...outline };
      },
    );

    app.get<{ Params: { id: string; part: string } }>(
      "/files/:id/view/:part",
      operation("One part of a file's reading view, as sanitised HTML"),
      async (request, reply) => {
        const { id, part } = parseRequest(partSchema, request.params);
        const file = await findFile(services, request, id);
        const html = await storage.blobs.viewPart(file.id, part);
        if (html === null) throw noView(`${file.id}, part ${part}`);
        return reply
          .type("text/html; charset=utf-8")
          .header(
            "content-security-policy",
            "sandbox; default-src 'none'; style-src 'unsafe-inline'",
          )
          .send(html);
      },
    );

    app.get<{ Params: { id: string } }>(
      "/vector_stores/:id/documents",
      operation("Files of a vector store with their names and how far each is read", {
        query: vectorStoreFileListSchema,
      }),
      async (request) => {
        const query = parseRequest(vectorStoreFileListSchema, request.query);
        const store = await findVectorStore(services, request, request.params.id);
        const { data: rows, hasMore } = await listStoreFiles(services, request, { store, query });
        const documents = await Promise.all(
          rows.map(async (row) =>
            toDocumentBody(row, await storage.files.get(store.tenant, row.fileId)),
          ),
        );
        return listBody(documents, hasMore);
      },
    );

    app.get<{ Params: { id: string; fileId: string } }>(
      "/vector_stores/:id/files/:fileId/chunks",
      operation("Chunks of a file with the place of every passage", { query: chunksQuerySchema }),
      async (request) => {
        const query = parseRequest(chunksQuerySchema, request.query);
        const { vectorStoreId, fileId } = await findVectorStoreFile(
          services,
          request,
          request.params,
        );
        const { data: chunks, hasMore } = await storage.passages.chunks(
          vectorStoreId,
          fileId,
          query,
        );
        const [first, last] = [chunks[0]?.firstPassage ?? 0, chunks.at(-1)?.lastPassage ?? -1];
        const passages =
          last < first ? [] : await storage.passages.range(vectorStoreId, fileId, first, last);
        return {
          object: "list",
          data: chunks.map((chunk) => toChunkBody(chunk, passages)),
          has_more: hasMore,
        };
      },
    );
  };
}

/** @param file Null when it was deleted at this moment. */
function toDocumentBody(row: VectorStoreFileRecord, file: FileRecord | null): StoreDocumentBody {
  return {
    id: row.fileId,
    object: "groundwire.document",
    filename: file?.filename ?? row.fileId,
    bytes: file?.bytes ?? 0,
    created_at: row.createdAt,
    status: row.status,
    stage: row.status === "in_progress" ? row.stage : "done",
    last_error: row.lastError,
    attributes: row.attributes,
  };
}

function toChunkBody(chunk: StoredChunk, passages: StoredPassage[]) {
  const own = passages.filter(
    ({ ordinal }) => ordinal >= chunk.firstPassage && ordinal <= chunk.lastPassage,
  );
  return {
    object: "groundwire.chunk",
    chunk_id: String(chunk.ordinal),
    tokens: chunk.tokens,
    text: own.map((passage, index) => (index === 0 ? "" : passage.joiner) + passage.text).join(""),
    passages: own.map((passage) => ({
      text: passage.text,
      page: passage.page,
      label: passage.label,
      heading_path: passage.headingPath,
      anchor: passage.anchor,
    })),
  };
}

function noView(what: string): GroundwireError {
  return new GroundwireError(
    "not_found",
    `No reading view of ${what}: the file has not been ingested yet, or this part does not exist.`,
    { param: "file_id" },
  );
}
