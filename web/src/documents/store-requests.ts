import type { Anchor, StoreDocumentBody } from "../../../src/protocol/documents.ts";
import type { VectorStoreBody } from "../../../src/protocol/vector-stores.ts";
import { request } from "./request.ts";

// Answers are the server's own; they are not checked again here.

export type Attributes = StoreDocumentBody["attributes"];

interface List<T> {
  data: T[];
  has_more: boolean;
}

/** A chunk of a document with its passages, as `GET …/chunks` gives it. */
export interface ChunkBody {
  chunk_id: string;
  passages: {
    text: string;
    page: number | null;
    label: string;
    heading_path: string[];
    anchor: Anchor;
  }[];
}

/** Most a page of a list may have. */
const PAGE = 100;
const CHUNKS = 20;

const stores = "/openai/v1/vector_stores";
const path = (...parts: string[]): string => parts.map(encodeURIComponent).join("/");
const post = (url: string, body: unknown): Promise<Response> =>
  request(url, { method: "POST", body: JSON.stringify(body) });

export async function fetchStore(id: string, signal: AbortSignal): Promise<VectorStoreBody> {
  return (await (await request(`${stores}/${path(id)}`, { signal })).json()) as VectorStoreBody;
}

export async function renameStore(id: string, name: string): Promise<void> {
  await post(`${stores}/${path(id)}`, { name });
}

/** The files stay; they are in no store then, or in others. */
export async function deleteStore(id: string): Promise<void> {
  await request(`${stores}/${path(id)}`, { method: "DELETE" });
}

/** Newest first. */
export async function fetchDocuments(
  { storeId, after }: { storeId: string; after: string | null },
  signal: AbortSignal,
): Promise<List<StoreDocumentBody>> {
  const query = new URLSearchParams({ limit: String(PAGE), ...(after === null ? {} : { after }) });
  const response = await request(
    `/groundwire/vector_stores/${path(storeId)}/documents?${query.toString()}`,
    { signal },
  );
  return (await response.json()) as List<StoreDocumentBody>;
}

/** Puts a file into a store; one that is there already is read again. */
export async function attach({
  storeId,
  fileId,
  attributes = {},
}: {
  storeId: string;
  fileId: string;
  attributes?: Attributes;
}): Promise<void> {
  await post(`${stores}/${path(storeId)}/files`, { file_id: fileId, attributes });
}

export async function setAttributes(
  { storeId, fileId }: { storeId: string; fileId: string },
  attributes: Attributes,
): Promise<void> {
  await post(`${stores}/${path(storeId)}/files/${path(fileId)}`, { attributes });
}

export async function detach(storeId: string, fileId: string): Promise<void> {
  await request(`${stores}/${path(storeId)}/files/${path(fileId)}`, { method: "DELETE" });
}

/** From every store it is in. */
export async function deleteFile(fileId: string): Promise<void> {
  await request(`/openai/v1/files/${path(fileId)}`, { method: "DELETE" });
}

/** @param after Number of the last chunk that was seen; -1: none. */
export async function fetchChunks(
  { storeId, fileId, after }: { storeId: string; fileId: string; after: number },
  signal: AbortSignal,
): Promise<List<ChunkBody>> {
  const response = await request(
    `/groundwire/vector_stores/${path(storeId)}/files/${path(fileId)}/chunks?limit=${CHUNKS}&after=${after}`,
    { signal },
  );
  return (await response.json()) as List<ChunkBody>;
}
