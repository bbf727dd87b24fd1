import type { Citation, RetrievedDocument, Usage } from "../protocol/events.ts";
import type { SentenceExtension } from "../protocol/extensions.ts";
import type { SourceBody } from "../protocol/sources.ts";
import { createSseDecoder, DONE } from "../protocol/sse.ts";
import type { StepEnd, StepStart } from "../protocol/steps.ts";
import type { AnswerTrace } from "../protocol/trace.ts";
import { conversationCalls } from "./conversation-calls.ts";
import { operatorCalls } from "./operator-calls.ts";

/** The server answered with an error, or not at all. */
export class ClientError extends Error {
  override name = "ClientError";
  /** HTTP status; 0 when there was no answer, or none to its end. */
  readonly status: number;
  /** What the server calls the request; null when there was no answer. */
  readonly requestId: string | null;
  /** Seconds after which it may be tried again; null: not said. */
  readonly retryAfter: number | null;

  constructor(
    status: number,
    message: string,
    { headers, ...options }: ErrorOptions & { headers?: Headers } = {},
  ) {
    super(message, options);
    this.status = status;
    this.requestId = headers?.get("x-request-id") ?? null;
    const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
    this.retryAfter = Number.isFinite(seconds) ? seconds : null;
  }
}

export interface VectorStore {
  id: string;
  name: string | null;
  file_counts: {
    in_progress: number;
    completed: number;
    failed: number;
    cancelled: number;
    total: number;
  };
}

export interface VectorStoreFile {
  id: string;
  status: "in_progress" | "completed" | "failed" | "cancelled";
  last_error: { code: string; message: string } | null;
  attributes: Record<string, string | number | boolean>;
}

export interface UploadedFile {
  id: string;
  filename: string;
  bytes: number;
}

export interface SearchResult {
  file_id: string;
  filename: string;
  score: number;
  content: { type: "text"; text: string }[];
}

/** A chunk of a streamed On Your Data answer, as far as clients need it. */
export interface AnswerChunk {
  choices: {
    delta: {
      content?: string;
      /** What a reasoning model thinks before it answers, where it tells. */
      reasoning_content?: string;
      context?: {
        citations: ChunkCitation[];
        intent?: string;
        all_retrieved_documents?: RetrievedDocument[];
      };
      /** Where they were asked for: steps as they begin and end, the rest in the last chunk. */
      x_groundwire?: {
        steps?: (StepStart | StepEnd)[];
        sentences?: SentenceExtension[];
        trace?: AnswerTrace;
      };
    };
    finish_reason: string | null;
  }[];
  /** In one chunk, when `stream_options` asked for it. */
  usage?: Usage | null;
}

export type ChunkCitation = Citation;

/** A chunk of an ingested file with its passages; Groundwire's own. */
export interface FileChunk {
  chunk_id: string;
  text: string;
  passages: { text: string; page: number | null; label: string; heading_path: string[] }[];
}

interface List<T> {
  data: T[];
  has_more: boolean;
}

export type Client = ReturnType<typeof createClient>;

/** A Groundwire server over HTTP. Web standards only: runs in Node and in browsers. Methods reject with `ClientError`. */
export function createClient({
  url,
  key,
  signal,
}: {
  url: string;
  key?: string;
  signal?: AbortSignal;
}) {
  const headers: Record<string, string> = key === undefined ? {} : { "api-key": key };

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers: {
        ...headers,
        ...init.headers,
        ...(typeof init.body === "string" ? { "content-type": "application/json" } : {}),
      },
      ...(signal ? { signal } : {}),
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new ClientError(
        0,
        `No server answers at ${url}. Start one with \`groundwire serve\`, or name it with --url.`,
        { cause: error },
      );
    });
    if (response.ok) return response;
    throw new ClientError(response.status, await messageOf(response), {
      headers: response.headers,
    });
  }

  /** The answer is what the contract says; it is not checked again here. */
  async function json<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await send(path, init);
    return (await response.json()) as T;
  }

  const post = <T>(path: string, body: unknown): Promise<T> =>
    json(path, { method: "POST", body: JSON.stringify(body) });

  const events = <T>(path: string, body: unknown): AsyncGenerator<T> =>
    eventsOf(() => send(path, { method: "POST", body: JSON.stringify(body) }), signal);

  const all = <T extends { id: string }>(path: string): AsyncGenerator<T> =>
    itemsOf((query) => json<List<T>>(path + query));

  return {
    ...conversationCalls({ json }),
    ...operatorCalls({ json, all, events }),
    /** What a question can be answered from. */
    sources: async () => (await json<List<SourceBody>>("/groundwire/sources")).data,
    /** Names of the deployments, as far as the server knows them. */
    models: async () => (await json<List<{ id: string }>>("/openai/v1/models")).data,
    vectorStores: () => all<VectorStore>("/openai/v1/vector_stores"),
    createVectorStore: (name: string) => post<VectorStore>("/openai/v1/vector_stores", { name }),
    /** Also takes the file out of every store. */
    deleteFile: (id: string) =>
      json<{ deleted: boolean }>(`/openai/v1/files/${id}`, { method: "DELETE" }),
    storeFiles: (storeId: string) =>
      all<VectorStoreFile>(`/openai/v1/vector_stores/${storeId}/files`),
    storeFile: (storeId: string, fileId: string) =>
      json<VectorStoreFile>(`/openai/v1/vector_stores/${storeId}/files/${fileId}`),
    /** The chunk a citation names. */
    async fileChunk(storeId: string, fileId: string, chunkId: string): Promise<FileChunk | null> {
      const { data } = await json<List<FileChunk>>(
        `/groundwire/vector_stores/${storeId}/files/${fileId}/chunks?limit=1&after=${Number(chunkId) - 1}`,
      );
      return data[0] ?? null;
    },
    attach: (storeId: string, fileId: string) =>
      post<VectorStoreFile>(`/openai/v1/vector_stores/${storeId}/files`, { file_id: fileId }),
    attachBatch: (
      storeId: string,
      files: { file_id: string; attributes: VectorStoreFile["attributes"] }[],
    ) => post<{ id: string }>(`/openai/v1/vector_stores/${storeId}/file_batches`, { files }),
    batchFiles: (storeId: string, batchId: string) =>
      all<VectorStoreFile>(`/openai/v1/vector_stores/${storeId}/file_batches/${batchId}/files`),
    upload(filename: string, bytes: Blob): Promise<UploadedFile> {
      const form = new FormData();
      form.set("purpose", "assistants");
      form.set("file", bytes, filename);
      return json("/openai/v1/files", { method: "POST", body: form });
    },
    search: (storeId: string, body: { query: string; max_num_results: number }) =>
      post<{ data: SearchResult[] }>(`/openai/v1/vector_stores/${storeId}/search`, body),
    /**
     * One chunk a step. Leaving the loop early ends the request. `trace`: the last one tells how the answer came to be.
     * `onHeaders` is told those of the answer before its first chunk.
     */
    async *chat(
      body: Record<string, unknown>,
      {
        trace = false,
        onHeaders,
      }: { trace?: boolean; onHeaders?: (headers: Headers) => void } = {},
    ): AsyncGenerator<AnswerChunk> {
      const response = await send("/openai/v1/chat/completions", {
        method: "POST",
        ...(trace ? { headers: { "x-groundwire-trace": "1" } } : {}),
        body: JSON.stringify({ ...body, stream: true }),
      });
      onHeaders?.(response.headers);
      for await (const data of dataOf(response, signal)) yield toChunk(data, response);
    },
  };
}

/** Every item of a list, page by page. */
async function* itemsOf<T extends { id: string }>(
  page: (query: string) => Promise<List<T>>,
): AsyncGenerator<T> {
  let after = "";
  for (;;) {
    const { data, has_more: hasMore } = await page(`?limit=100${after}`);
    yield* data;
    const last = data.at(-1);
    if (!hasMore || !last) return;
    after = `&after=${encodeURIComponent(last.id)}`;
  }
}

/** The data of each event. */
async function* dataOf(response: Response, signal?: AbortSignal): AsyncGenerator<string> {
  const { headers } = response;
  const decoder = createSseDecoder();
  for await (const bytes of bytesOf(response, signal)) {
    for (const { data } of decoder.push(bytes)) {
      if (data === DONE) return;
      yield data;
    }
  }
  throw new ClientError(0, "The answer ended before it was complete.", { headers });
}

/** As for `json`, one event a step. */
async function* eventsOf<T>(ask: () => Promise<Response>, signal?: AbortSignal): AsyncGenerator<T> {
  for await (const data of dataOf(await ask(), signal)) yield JSON.parse(data) as T;
}

async function* bytesOf(response: Response, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  // The DOM's types leave the chunks of a body open; `fetch` gives bytes.
  const body: AsyncIterable<Uint8Array> | null = response.body;
  try {
    yield* body ?? [];
  } catch (error) {
    signal?.throwIfAborted();
    throw new ClientError(0, "The connection to the server was lost.", { cause: error });
  }
}

function toChunk(data: string, { status, headers }: Response): AnswerChunk {
  // The server's own chunks; an error event is the one other shape.
  const chunk = JSON.parse(data) as AnswerChunk & { error?: { message: string } };
  if (chunk.error) throw new ClientError(status, chunk.error.message, { headers });
  return chunk;
}

async function messageOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return error?.message ?? text;
  } catch {
    return text;
  }
}
