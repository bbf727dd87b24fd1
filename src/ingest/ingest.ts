import type { Logger } from "pino";

import type { EmbeddingModel } from "../models/model.ts";
import type { ReadingViewOutline } from "../protocol/documents.ts";
import { GroundwireError } from "../protocol/errors.ts";
import type { IngestJob, LastError, Storage } from "../storage/storage.ts";
import type { ChunkedDocument, ChunkingStrategy } from "./document.ts";
import { embedPassages } from "./embed.ts";
import { ExtractError } from "./extract/input.ts";

/** Reads one document in a process of its own; see `extract/extract.ts`. */
export interface DocumentReader {
  extractAndChunk(
    path: string,
    strategy: ChunkingStrategy,
    options: { filename: string; mediaType: string; signal: AbortSignal },
  ): Promise<{ view: { outline: ReadingViewOutline; parts: string[] }; document: ChunkedDocument }>;
}

export interface IngestDependencies {
  storage: Storage;
  reader: DocumentReader;
  /** Null: no dense leg. */
  embeddings: EmbeddingModel | null;
  logger: Logger;
  /** Unix seconds. */
  now: () => number;
}

/** A job is given to someone else when its holder has been silent for this long. */
export const LEASE_SECONDS = 30;

/** The flow of one document: extract → chunk → embed → index. Always settles the file as `completed` or `failed`. */
export async function ingestFile(
  job: IngestJob,
  dependencies: IngestDependencies,
  stopping: AbortSignal,
): Promise<void> {
  const { storage, logger } = dependencies;
  const started = performance.now();
  const lease = holdLease(job, dependencies);
  const signal = AbortSignal.any([lease.signal, stopping]);
  try {
    const outcome = await readAndIndex(job, { dependencies, signal, enter: lease.enter });
    const settled = !signal.aborted && (await storage.jobs.finish(job, outcome));
    if (!settled) {
      await removeLeftovers(job, storage);
      return;
    }
    logger.info(
      {
        file: job.fileId,
        store: job.vectorStoreId,
        outcome: outcome.status,
        ms: Math.round(performance.now() - started),
      },
      "ingested",
    );
  } finally {
    lease.release();
  }
}

/** What was deleted while it was being read must not be found: the deletion could not see what came after it. */
async function removeLeftovers(
  { tenant, vectorStoreId, fileId }: IngestJob,
  storage: Storage,
): Promise<void> {
  if (!(await storage.vectorStores.get(tenant, vectorStoreId))) {
    await storage.passages.drop(vectorStoreId);
  } else if (!(await storage.vectorStores.getFile(vectorStoreId, fileId))) {
    await storage.passages.deleteFile(vectorStoreId, fileId);
  }
  if (!(await storage.files.exists(fileId))) await storage.blobs.delete(fileId);
}

type Outcome = { status: "completed"; usageBytes: number } | { status: "failed"; error: LastError };

async function readAndIndex(
  job: IngestJob,
  {
    dependencies: { storage, reader, embeddings, logger },
    signal,
    enter,
  }: {
    dependencies: IngestDependencies;
    signal: AbortSignal;
    enter: (stage: string) => Promise<void>;
  },
): Promise<Outcome> {
  try {
    await enter("extract");
    const file = await storage.files.get(job.tenant, job.fileId);
    if (!file) return failed("invalid_file", "The file was deleted before it could be read.");
    const { view, document } = await reader.extractAndChunk(
      storage.blobs.localPath(job.fileId),
      job.chunking,
      {
        filename: file.filename,
        mediaType: file.mediaType,
        signal,
      },
    );
    await storage.blobs.writeView(job.fileId, view);
    await enter("embed");
    const vectors = embeddings ? await embedPassages(document, embeddings, signal) : undefined;
    await enter("index");
    signal.throwIfAborted();
    const { usageBytes } = await storage.passages.putFile(job.vectorStoreId, {
      fileId: job.fileId,
      filename: file.filename,
      attributes: job.attributes,
      document,
      ...(vectors ? { vectors } : {}),
    });
    return { status: "completed", usageBytes };
  } catch (error) {
    if (!signal.aborted)
      logger.warn({ file: job.fileId, store: job.vectorStoreId, err: error }, "ingestion failed");
    return toFailure(error);
  }
}

function toFailure(error: unknown): Outcome {
  if (error instanceof ExtractError) return failed(error.code, error.message);
  if (error instanceof GroundwireError && error.code !== "internal")
    return failed("server_error", error.message);
  return failed(
    "server_error",
    "The server failed while indexing this file; attach it again, or ask the operator for the log.",
  );
}

function failed(code: LastError["code"], message: string): Outcome {
  return { status: "failed", error: { code, message } };
}

/** Keeps the job ours while it runs; `signal` aborts when it no longer is (cancelled, deleted, taken over). */
function holdLease(
  job: IngestJob,
  { storage, now, logger }: IngestDependencies,
): { signal: AbortSignal; enter: (stage: string) => Promise<void>; release: () => void } {
  const lost = new AbortController();
  let stage = "queued";
  const renew = async (): Promise<void> => {
    const held = await storage.jobs.renew(job, { now: now(), leaseSeconds: LEASE_SECONDS, stage });
    if (!held) lost.abort(new Error("the job is not ours any more"));
  };
  const timer = setInterval(
    () => {
      renew().catch((error: unknown) =>
        logger.error({ err: error, file: job.fileId }, "could not renew a lease"),
      );
    },
    (LEASE_SECONDS * 1000) / 3,
  );
  return {
    signal: lost.signal,
    enter: async (next) => {
      stage = next;
      await renew();
      lost.signal.throwIfAborted();
    },
    release: () => clearInterval(timer),
  };
}
