import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { GroundwireError } from "../../protocol/errors.ts";
import { parseRequest } from "../../protocol/validation.ts";
import type { StoredChunk, StoredPassage } from "../../storage/storage.ts";
import { findFile, findVectorStoreFile } from "../lookup.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

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
 * its parts as sanitised HTML, and the chunks of a file with the place of every passage.
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
