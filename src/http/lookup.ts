import type { FastifyRequest } from "fastify";
import { GroundwireError } from "../protocol/errors.ts";
import type { Filter } from "../protocol/filters.ts";
import { isVectorStoreId } from "../protocol/vector-stores.ts";
import type { FileRecord, VectorStoreFileRecord, VectorStoreRecord } from "../storage/storage.ts";
import { accessFilter, maySee } from "./document-access.ts";
import type { HttpServices } from "./services-type.ts";

/**
 * What files must pass for the caller to see them; null: all of the tenant's are seen.
 * @throws GroundwireError `forbidden` when the caller's groups cannot be told.
 */
export function callerFilter({ settings }: HttpServices, request: FastifyRequest): Filter | null {
  return accessFilter(request.context.principal.access, settings.access);
}

/** True when the caller sees the file in some store: a file in none has no attributes that would let anybody see it. */
export async function isVisibleFile(
  { storage }: HttpServices,
  fileId: string,
  access: Filter | null,
): Promise<boolean> {
  if (access === null) return true;
  const everywhere = await storage.vectorStores.attributesOf(fileId);
  return everywhere.some((attributes) => maySee(access, attributes));
}

/**
 * The caller's own file. What code has made is in no store that would say who sees it: whoever knows its id has it, which is told
 * only in the answer.
 * @throws GroundwireError `not_found`; a file of others does not exist.
 */
export async function findFile(
  services: HttpServices,
  request: FastifyRequest,
  fileId: string,
): Promise<FileRecord> {
  const access = callerFilter(services, request);
  const file = await services.storage.files.get(request.context.principal.tenant, fileId);
  const isOutput = file?.purpose === "assistants_output";
  if (file !== null && (isOutput || (await isVisibleFile(services, file.id, access)))) return file;
  throw new GroundwireError("not_found", `No such File object: ${shown(fileId)}`, {
    param: "file_id",
  });
}

/** The caller's own vector store. @throws GroundwireError `invalid_request` for an id of another kind, `not_found`. */
export async function findVectorStore(
  { storage }: HttpServices,
  request: FastifyRequest,
  id: string,
): Promise<VectorStoreRecord> {
  if (!isVectorStoreId(id)) {
    throw new GroundwireError(
      "invalid_request",
      `Invalid 'vector_store_id': '${shown(id)}'. Expected an ID that begins with 'vs'.`,
      { param: "vector_store_id" },
    );
  }
  const store = await storage.vectorStores.get(request.context.principal.tenant, id);
  if (store !== null) return store;
  throw new GroundwireError("not_found", `No vector store found with id '${shown(id)}'.`, {
    param: "vector_store_id",
  });
}

/** A file's row in a store of the caller. @throws GroundwireError as above, or `not_found` when it is not in the store. */
export async function findVectorStoreFile(
  services: HttpServices,
  request: FastifyRequest,
  { id, fileId }: { id: string; fileId: string },
): Promise<VectorStoreFileRecord> {
  const access = callerFilter(services, request);
  const store = await findVectorStore(services, request, id);
  const file = await services.storage.vectorStores.getFile(store.id, fileId);
  if (file !== null && maySee(access, file.attributes)) return file;
  throw fileNotInStore(fileId, store.id);
}

export function fileNotInStore(fileId: string, storeId: string): GroundwireError {
  return new GroundwireError(
    "not_found",
    `No file found with id '${shown(fileId)}' in vector store '${storeId}'.`,
    { param: "file_id" },
  );
}

/** Unix seconds at which an unused store is gone; null: never. */
export function expiryOf(store: VectorStoreRecord): number | null {
  return store.expiresAfterDays === null
    ? null
    : store.lastActiveAt + store.expiresAfterDays * 86_400;
}

export function isExpired(store: VectorStoreRecord, now: number): boolean {
  const expiry = expiryOf(store);
  return expiry !== null && expiry <= now;
}

/** @throws GroundwireError `invalid_request` when the store's time has passed. */
export function refuseExpired(store: VectorStoreRecord, now: number): void {
  if (!isExpired(store, now)) return;
  throw new GroundwireError("invalid_request", `Vector store '${store.id}' has expired.`, {
    param: "vector_store_id",
  });
}

/** What a caller sent, short enough to be repeated. */
function shown(id: string): string {
  return id.slice(0, 100);
}
