import type { FastifyRequest } from "fastify";
import { DEFAULT_CHUNKING } from "../ingest/document.ts";
import type { ChunkingStrategy } from "../ingest/document.ts";
import { GroundwireError } from "../protocol/errors.ts";
import type {
  ChunkingStrategyRequest,
  FileBatchBody,
  VectorStoreBody,
  VectorStoreFileBody,
} from "../protocol/vector-stores.ts";
import type {
  FileBatchRecord,
  LastError,
  NewAttachment,
  VectorStoreFileRecord,
  VectorStoreRecord,
} from "../storage/storage.ts";
import { expiryOf, isExpired } from "./lookup.ts";
import type { HttpServices } from "./services-type.ts";

/** @throws GroundwireError `not_found` naming the first file that is not the caller's. */
export async function requireFiles(
  { storage }: HttpServices,
  request: FastifyRequest,
  fileIds: string[],
): Promise<void> {
  for (const id of fileIds) {
    if ((await storage.files.get(request.context.principal.tenant, id)) !== null) continue;
    throw new GroundwireError("not_found", `No file found with id '${id}'.`, { param: "file_id" });
  }
}

/** Puts files into a store and has them ingested. The files are the caller's. */
export async function attach(
  { storage, ingest, now }: HttpServices,
  request: FastifyRequest,
  {
    storeId,
    attachments,
    batchId,
  }: { storeId: string; attachments: NewAttachment[]; batchId: string | null },
): Promise<VectorStoreFileRecord[]> {
  const { tenant } = request.context.principal;
  const rows = await storage.vectorStores.attach(storeId, attachments, {
    batchId,
    tenant,
    now: now(),
  });
  ingest.wake();
  return rows;
}

/** `auto` and nothing mean the default sizes; answers report them as static ones. */
export function toChunking(strategy: ChunkingStrategyRequest | undefined): ChunkingStrategy {
  if (strategy === undefined || strategy.type === "auto") return DEFAULT_CHUNKING;
  return {
    maxChunkSizeTokens: strategy.static.max_chunk_size_tokens,
    chunkOverlapTokens: strategy.static.chunk_overlap_tokens,
  };
}

export function toVectorStoreBody(store: VectorStoreRecord, now: number): VectorStoreBody {
  const expiresAt = expiryOf(store);
  return {
    id: store.id,
    object: "vector_store",
    created_at: store.createdAt,
    name: store.name,
    description: store.description,
    usage_bytes: store.usageBytes,
    file_counts: store.fileCounts,
    status: isExpired(store, now)
      ? "expired"
      : store.fileCounts.in_progress > 0
        ? "in_progress"
        : "completed",
    ...(store.expiresAfterDays === null
      ? {}
      : { expires_after: { anchor: "last_active_at", days: store.expiresAfterDays } }),
    expires_at: expiresAt,
    last_active_at: store.lastActiveAt,
    metadata: store.metadata,
  };
}

/**
 * First version with today's names for why a file failed. UNVERIFIED: the documents of 2024-05-01-preview have the older names
 * and those of 2025-03-01-preview the newer ones; which of the versions between them changed is not known.
 */
const NEWER_ERROR_CODES_SINCE = "2024-12-01-preview";
const OLDER_ERROR_CODES: Record<LastError["code"], string> = {
  server_error: "internal_error",
  unsupported_file: "unhandled_mime_type",
  invalid_file: "parsing_error",
};

/** @param apiVersion The dated version it is answered to; null on the v1 routes. */
export function toVectorStoreFileBody(
  row: VectorStoreFileRecord,
  apiVersion: string | null,
): VectorStoreFileBody {
  const { lastError } = row;
  const hasOlderCodes = apiVersion !== null && apiVersion < NEWER_ERROR_CODES_SINCE;
  return {
    id: row.fileId,
    object: "vector_store.file",
    usage_bytes: row.usageBytes,
    created_at: row.createdAt,
    vector_store_id: row.vectorStoreId,
    status: row.status,
    last_error:
      lastError !== null && hasOlderCodes
        ? { ...lastError, code: OLDER_ERROR_CODES[lastError.code] }
        : lastError,
    chunking_strategy: {
      type: "static",
      static: {
        max_chunk_size_tokens: row.chunking.maxChunkSizeTokens,
        chunk_overlap_tokens: row.chunking.chunkOverlapTokens,
      },
    },
    attributes: row.attributes,
  };
}

export function toFileBatchBody(batch: FileBatchRecord): FileBatchBody {
  return {
    id: batch.id,
    object: "vector_store.files_batch",
    created_at: batch.createdAt,
    vector_store_id: batch.vectorStoreId,
    status: batch.status,
    file_counts: batch.fileCounts,
  };
}
