/**
 * The steps of ingestion as functions, for programs that prepare, embed and store documents themselves:
 * `extract → chunk → embed → index → search`. The server uses the same steps.
 */
import type { UpstreamSettings } from "../config/settings.ts";
import { createDeployments } from "../models/create-deployments.ts";
import { openEmbeddedStorage } from "../storage/embedded/embedded.ts";
import type { PassageHit, PassageIndex } from "../storage/storage.ts";
import { chunkDocument } from "./chunk.ts";
import {
  type ChunkedDocument,
  type ChunkingStrategy,
  DEFAULT_CHUNKING,
  type ExtractedDocument,
} from "./document.ts";
import { createExtractor } from "./extract/extract.ts";

const LIMITS = { extractSeconds: 60, extractMemoryMb: 1024 };
const STORE = "vs_local";

/**
 * Reads a file into text with pages, headings and places, in a process of its own.
 * Rejects with an `ExtractError` that says what is wrong with the file.
 */
export async function extract(
  path: string,
  { signal = new AbortController().signal }: { signal?: AbortSignal } = {},
): Promise<ExtractedDocument> {
  const extractor = createExtractor(LIMITS);
  try {
    return await extractor.extract(path, { filename: path, signal });
  } finally {
    await extractor.close();
  }
}

/** Cuts a document into passages and chunks; sizes in tokens, 800 with 400 overlap unless given. */
export function chunk(
  document: ExtractedDocument,
  strategy: ChunkingStrategy = DEFAULT_CHUNKING,
): ChunkedDocument {
  return chunkDocument(document, strategy);
}

/** One vector per text, by an embedding model behind the OpenAI or Azure OpenAI protocol. */
export async function embed(
  texts: string[],
  {
    model,
    signal = new AbortController().signal,
    ...upstream
  }: UpstreamSettings & { model: string; signal?: AbortSignal },
): Promise<Float32Array[]> {
  const deployments = createDeployments({ deployments: {}, upstream, embeddingDeployment: model });
  try {
    return (await deployments.embeddings?.embed(texts, { signal })) ?? [];
  } finally {
    await deployments.close();
  }
}

/** A searchable collection in a folder of its own. */
export interface Index extends AsyncDisposable {
  /** Adds a document, or replaces the one of the same name. `vectors`: one per passage, or none. */
  add(name: string, document: ChunkedDocument, vectors?: Float32Array[]): Promise<void>;
  readonly passages: PassageIndex;
}

/** Opens (or makes) an index; one process at a time. */
export async function index(folder: string): Promise<Index> {
  const storage = await openEmbeddedStorage({ dataDir: folder });
  return {
    passages: storage.passages,
    async add(name, document, vectors) {
      const file = { fileId: name, filename: name, attributes: {}, document };
      await storage.passages.putFile(STORE, vectors ? { ...file, vectors } : file);
    },
    [Symbol.asyncDispose]: () => storage.close(),
  };
}

/** The best passages for a query, by its words and, when given, its vector. */
export function search(
  { passages }: Index,
  text: string,
  {
    limit = 5,
    vector,
    signal = new AbortController().signal,
  }: { limit?: number; vector?: Float32Array; signal?: AbortSignal } = {},
): Promise<PassageHit[]> {
  return passages.search(STORE, { text, limit, signal, ...(vector ? { vector } : {}) });
}
