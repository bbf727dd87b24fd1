import type { ChunkedDocument, ChunkingStrategy } from "../ingest/document.ts";
import type { Anchor, ReadingViewOutline } from "../protocol/documents.ts";
import type { Filter, Attributes } from "../protocol/filters.ts";
import type { Reading } from "../search/reading-window.ts";
import type { KeyRecords } from "./key-records.ts";
import type { ResponseRecords } from "./response-records.ts";
import type { SessionRecords } from "./session-records.ts";
import type { UsageRecords } from "./usage-records.ts";

/**
 * What survives a restart. Every method is one transaction: it happens whole or not at all, and is durable when its
 * promise resolves. Times are Unix seconds and are passed in; ids are made by the caller.
 * Methods that take a tenant answer null (or false) for another tenant's objects, as if they did not exist.
 */
export interface Storage {
  readonly files: FileRecords;
  readonly vectorStores: VectorStoreRecords;
  readonly jobs: JobQueue;
  readonly keys: KeyRecords;
  readonly responses: ResponseRecords;
  readonly sessions: SessionRecords;
  readonly usage: UsageRecords;
  readonly passages: PassageIndex;
  readonly blobs: Blobs;
  close(): Promise<void>;
}

export interface FileRecord {
  id: string;
  tenant: string;
  filename: string;
  bytes: number;
  /** As stored and answered; one of the enum of the API. */
  purpose: string;
  /** As the caller wrote it (`file-search`). */
  requestedPurpose: string;
  mediaType: string;
  createdAt: number;
  expiresAt: number | null;
}

export interface ListQuery {
  limit: number;
  order: "asc" | "desc";
  after?: string;
  before?: string;
}

export interface Page<T> {
  data: T[];
  hasMore: boolean;
}

export interface FileRecords {
  create(file: FileRecord): Promise<void>;
  get(tenant: string, id: string): Promise<FileRecord | null>;
  list(tenant: string, query: ListQuery & { purpose?: string }): Promise<Page<FileRecord>>;
  /** Also detaches it from every store; answers the stores it was in, so that their passages can go too. Null: no such file. */
  delete(tenant: string, id: string): Promise<{ vectorStoreIds: string[] } | null>;
  /** Ids of all files of all tenants whose `expiresAt` has passed. */
  expired(now: number): Promise<{ tenant: string; id: string }[]>;
  /** True when some tenant has this file: a blob without a record is an orphan. */
  exists(id: string): Promise<boolean>;
}

export interface FileCounts {
  in_progress: number;
  completed: number;
  failed: number;
  cancelled: number;
  total: number;
}

export interface VectorStoreRecord {
  id: string;
  tenant: string;
  name: string | null;
  description: string | null;
  metadata: Record<string, string>;
  createdAt: number;
  lastActiveAt: number;
  /** Days after the last use; null: never. */
  expiresAfterDays: number | null;
  /** Sum over its files. */
  usageBytes: number;
  fileCounts: FileCounts;
}

export type VectorStoreFileStatus = "in_progress" | "completed" | "failed" | "cancelled";

export interface LastError {
  code: "server_error" | "unsupported_file" | "invalid_file";
  message: string;
}

export interface VectorStoreFileRecord {
  vectorStoreId: string;
  fileId: string;
  batchId: string | null;
  status: VectorStoreFileStatus;
  lastError: LastError | null;
  chunking: ChunkingStrategy;
  attributes: Attributes;
  usageBytes: number;
  createdAt: number;
  /** What the job is doing now, for progress bars: `queued`, `extract`, `chunk`, `embed`, `index`, `done`. */
  stage: string;
}

export interface FileBatchRecord {
  id: string;
  vectorStoreId: string;
  createdAt: number;
  status: "in_progress" | "completed" | "cancelled" | "failed";
  fileCounts: FileCounts;
}

export interface NewAttachment {
  fileId: string;
  chunking: ChunkingStrategy;
  attributes: Attributes;
}

export interface VectorStoreRecords {
  create(store: Omit<VectorStoreRecord, "usageBytes" | "fileCounts">): Promise<void>;
  get(tenant: string, id: string): Promise<VectorStoreRecord | null>;
  list(tenant: string, query: ListQuery): Promise<Page<VectorStoreRecord>>;
  update(
    tenant: string,
    id: string,
    change: Partial<
      Pick<VectorStoreRecord, "name" | "description" | "metadata" | "expiresAfterDays">
    >,
  ): Promise<VectorStoreRecord | null>;
  /** Marks the store as used now. */
  touch(id: string, now: number): Promise<void>;
  /** Forgets the store, its file rows, batches and jobs. False: no such store. */
  delete(tenant: string, id: string): Promise<boolean>;

  /**
   * Adds files and one ingestion job each; with `batchId` as one batch. A file already in the store is ingested anew.
   * Answers the rows in the given order. The caller has checked that store and files exist.
   */
  attach(
    storeId: string,
    attachments: NewAttachment[],
    options: { batchId: string | null; tenant: string; now: number },
  ): Promise<VectorStoreFileRecord[]>;
  getFile(storeId: string, fileId: string): Promise<VectorStoreFileRecord | null>;
  /** Of the file in every store it is in. */
  attributesOf(fileId: string): Promise<Attributes[]>;
  listFiles(
    storeId: string,
    query: ListQuery & { status?: VectorStoreFileStatus; batchId?: string },
  ): Promise<Page<VectorStoreFileRecord>>;
  setAttributes(
    storeId: string,
    fileId: string,
    attributes: Attributes,
  ): Promise<VectorStoreFileRecord | null>;
  /** Also drops a waiting job of it. False: not in the store. */
  detach(storeId: string, fileId: string): Promise<boolean>;
  getBatch(storeId: string, batchId: string): Promise<FileBatchRecord | null>;
  /** Files not yet completed become `cancelled`. */
  cancelBatch(storeId: string, batchId: string): Promise<FileBatchRecord | null>;
  /** Of the given stores, how many files are still `in_progress`. */
  pendingFiles(storeIds: string[]): Promise<number>;
}

/** A claimed piece of work. `fence` must accompany every later word about it: an older holder is not heard. */
export interface IngestJob {
  id: number;
  tenant: string;
  vectorStoreId: string;
  fileId: string;
  chunking: ChunkingStrategy;
  attributes: Attributes;
  /** How often it has been claimed, this time included. */
  attempts: number;
  fence: number;
}

export interface JobQueue {
  /** Oldest job of the tenant with the fewest running ones first. A job whose lease has run out is claimable again. */
  claim(options: { now: number; leaseSeconds: number }): Promise<IngestJob | null>;
  /** False: the lease was lost or the file was cancelled or removed; stop working on it. */
  renew(
    job: IngestJob,
    options: { now: number; leaseSeconds: number; stage: string },
  ): Promise<boolean>;
  /** Ends the job and settles the file's row. False: not ours any more; nothing was changed. */
  finish(
    job: IngestJob,
    outcome: { status: "completed"; usageBytes: number } | { status: "failed"; error: LastError },
  ): Promise<boolean>;
  /** Gives every running job back at once (start-up after a crash of the only process). */
  releaseAll(): Promise<number>;
}

export interface PassageHit {
  fileId: string;
  filename: string;
  title: string | null;
  attributes: Attributes;
  passage: StoredPassage;
  /** Chunk that holds the passage nearest to its middle. */
  chunk: StoredChunk;
  /** The passage with the neighbours that the query's `reading` asked for; in order. */
  window: PassageText[];
  /** Fused score, best first. */
  score: number;
  /** BM25 with bigrams; 0 when only the vector matched. */
  lexicalScore: number;
  /** Cosine −1…1; null without a dense leg. */
  vectorScore: number | null;
  /** 0…1: how likely the passage answers the question, judged by its words; 0 when only the vector matched. */
  relevance: number;
}

export interface StoredPassage {
  ordinal: number;
  text: string;
  joiner: string;
  headingPath: string[];
  page: number | null;
  label: string;
  anchor: Anchor;
}

/** A passage as running text. */
export type PassageText = Pick<StoredPassage, "ordinal" | "text" | "joiner">;

export interface StoredChunk {
  ordinal: number;
  firstPassage: number;
  lastPassage: number;
  tokens: number;
}

export interface PassageQuery {
  text: string;
  limit: number;
  /**
   * Passages come widened by neighbours of their chunk, and no text comes twice: a hit that a better one's window shows already
   * is left out, and the next one takes its place. Absent: every passage comes alone.
   */
  reading?: Reading;
  /** Only passages of files that pass. */
  filter?: Filter;
  /** Adds the dense leg. */
  vector?: Float32Array;
  signal: AbortSignal;
}

/** Passages of vector stores, searchable. Driven by `search/`; a driver only stores blocks and rows. */
export interface PassageIndex {
  /** Replaces the file's passages; searchable when it resolves. `vectors`: one per passage, or none. */
  putFile(
    storeId: string,
    file: {
      fileId: string;
      filename: string;
      attributes: Attributes;
      document: ChunkedDocument;
      vectors?: Float32Array[];
    },
  ): Promise<{ usageBytes: number }>;
  setAttributes(storeId: string, fileId: string, attributes: Attributes): Promise<void>;
  deleteFile(storeId: string, fileId: string): Promise<void>;
  drop(storeId: string): Promise<void>;
  /** An unknown or empty store answers []. */
  search(storeId: string, query: PassageQuery): Promise<PassageHit[]>;
  /** Passages `from`…`to` (inclusive) of one file, in order; for widening and for reading a file back. */
  range(storeId: string, fileId: string, from: number, to: number): Promise<StoredPassage[]>;
  /** Chunks of one file from ordinal `after + 1` on. */
  chunks(
    storeId: string,
    fileId: string,
    query: { after: number; limit: number },
  ): Promise<Page<StoredChunk>>;
}

/** Bytes of files and their reading views, by file id. */
export interface Blobs {
  /** Stores a stream; resolves when it is on disk. Nothing is left behind when it rejects. */
  write(fileId: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }>;
  /** Path of the original on this machine, for the extractor. */
  localPath(fileId: string): string;
  /** Null: no such file. */
  read(
    fileId: string,
    range?: { start: number; end: number },
  ): Promise<NodeJS.ReadableStream | null>;
  delete(fileId: string): Promise<void>;
  writeView(fileId: string, view: { outline: ReadingViewOutline; parts: string[] }): Promise<void>;
  viewOutline(fileId: string): Promise<ReadingViewOutline | null>;
  /** Sanitised HTML of one part; null: no such view or part. */
  viewPart(fileId: string, part: number): Promise<string | null>;
}
