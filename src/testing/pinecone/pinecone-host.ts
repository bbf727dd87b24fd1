import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import {
  DEFAULT_NAMESPACE,
  embedText,
  type HostIndex,
  IndexFailure,
  nearest,
  recordsOf,
  refuseDimension,
  type ScoredRecord,
} from "./records.ts";

export interface PineconeHost extends AsyncDisposable {
  /** Of the control plane: `http://127.0.0.1:…` */
  url: string;
  key: string;
  /** What it was asked, both planes. */
  calls: { plane: "control" | "index"; path: string; version: string; body: any }[];
  /** By name. */
  indexes: Map<string, HostIndex>;
  /** Makes an index, with a server of its own. */
  add(index: HostIndex): Promise<void>;
  /** Of an index's own server. */
  hostOf(name: string): string;
  /** What descriptions say instead of where indexes really are. */
  announced: string | null;
}

const SPARSE_MODEL = "pinecone-sparse-english-v0";
const DENSE_MODEL = "multilingual-e5-large";

/**
 * Answers as Pinecone's API does to this server's driver, its tests and the official client: a control plane, a server of its own
 * for every index, keys on both. `pinecone-host.test.ts` has the official client judge it. An index that is alone is served by the
 * control plane's port as well, so that one proxy can stand before both.
 */
export async function startPineconeHost(): Promise<PineconeHost> {
  const servers = new Map<string, Server>();
  const key = "pcsk-key-4b1d";
  const control = await listen((request, reply) => answer(request, reply, null));
  const host: PineconeHost = {
    url: urlOf(control),
    key,
    calls: [],
    indexes: new Map(),
    announced: null,
    async add(index) {
      servers.set(index.name, await listen((request, reply) => answer(request, reply, index)));
      host.indexes.set(index.name, index);
    },
    hostOf(name) {
      const server = servers.get(name);
      if (server === undefined) throw new Error(`there is no index ${name}`);
      return urlOf(server);
    },
    async [Symbol.asyncDispose]() {
      for (const server of [control, ...servers.values()]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };

  function answer(request: IncomingMessage, reply: ServerResponse, own: HostIndex | null): void {
    handle(request, own).then(
      ({ status, body }) => {
        const type = typeof body === "string" ? "text/plain" : "application/json";
        reply.writeHead(status, { "content-type": type });
        reply.end(typeof body === "string" ? body : JSON.stringify(body));
      },
      () => reply.destroy(),
    );
  }

  async function handle(request: IncomingMessage, own: HostIndex | null): Promise<HostAnswer> {
    const content = await text(request);
    const path = new URL(request.url ?? "/", "http://host").pathname;
    const isLines = path.endsWith("/upsert") && path.startsWith("/records/");
    const lines = content.split("\n").filter((line) => line.trim() !== "");
    const body = isLines ? lines.map((line) => JSON.parse(line)) : JSON.parse(content || "{}");
    const index = own ?? (CONTROL_PATHS.test(path) ? null : alone(host));
    const version = String(request.headers["x-pinecone-api-version"]);
    host.calls.push({ plane: index === null ? "control" : "index", path, version, body });
    if (request.headers["api-key"] !== key) {
      return { status: 401, body: index === null ? "Invalid API Key" : "Unauthorized" };
    }
    if (index !== null) return askIndex(index, path, body);
    const made = indexToMake(path, { method: request.method, body });
    if (made === null) return askControl(path, { body, host });
    await host.add(made);
    return { status: 201, body: described(made, host) };
  }
  return host;
}

const CONTROL_PATHS = /^\/(?:indexes|embed)(?:\/|$)/u;

function alone({ indexes }: PineconeHost): HostIndex | null {
  const [only] = indexes.values();
  return indexes.size === 1 && only !== undefined ? only : null;
}

interface HostAnswer {
  status: number;
  body: unknown;
}

function controlFailure(status: number, code: string, message: string): HostAnswer {
  return { status, body: { error: { code, message }, status } };
}

/** Null when the request is not for making one. */
function indexToMake(
  path: string,
  { method, body }: { method: string | undefined; body: any },
): HostIndex | null {
  const shared = { isReady: true, namespaces: new Map() };
  if (path === "/indexes" && method === "POST") {
    const { name, dimension = null, metric, vector_type: vectorType = "dense" } = body;
    return { ...shared, name, dimension, metric, vectorType, embed: null };
  }
  if (path !== "/indexes/create-for-model") return null;
  const { model, field_map: fields } = body.embed;
  const embed = { model, field: fields.text };
  return model === SPARSE_MODEL
    ? {
        ...shared,
        name: body.name,
        dimension: null,
        metric: "dotproduct",
        vectorType: "sparse",
        embed,
      }
    : { ...shared, name: body.name, dimension: 32, metric: "cosine", vectorType: "dense", embed };
}

function askControl(path: string, { body, host }: { body: any; host: PineconeHost }): HostAnswer {
  if (path === "/embed") return embed(body);
  const name = decodeURIComponent(path.replace("/indexes/", ""));
  const index = host.indexes.get(name);
  if (index === undefined) return controlFailure(404, "NOT_FOUND", `Resource ${name} not found`);
  return { status: 200, body: described(index, host) };
}

function described(index: HostIndex, host: PineconeHost): unknown {
  const { name, dimension, metric, vectorType, embed: own, isReady } = index;
  return {
    name,
    metric,
    host: host.announced ?? host.hostOf(name),
    vector_type: vectorType,
    ...(dimension === null ? {} : { dimension }),
    spec: { serverless: { cloud: "aws", region: "us-east-1" } },
    status: { ready: isReady, state: isReady ? "Ready" : "Initializing" },
    deletion_protection: "disabled",
    tags: null,
    ...(own === null
      ? {}
      : {
          embed: {
            model: own.model,
            field_map: { text: own.field },
            metric,
            vector_type: vectorType,
            ...(dimension === null ? {} : { dimension }),
          },
        }),
  };
}

function embed({ model, inputs }: any): HostAnswer {
  const type = { [SPARSE_MODEL]: "sparse", [DENSE_MODEL]: "dense" }[model as string];
  if (type === undefined) return controlFailure(404, "NOT_FOUND", `Model '${model}' not found`);
  const data = inputs.map(({ text: input }: { text: string }) => {
    const vectorType = type === "sparse" ? "sparse" : "dense";
    const { values, sparseValues } = embedText(input, { dimension: 32, vectorType });
    return sparseValues === null
      ? { vector_type: "dense", values }
      : {
          vector_type: "sparse",
          sparse_values: sparseValues.values,
          sparse_indices: sparseValues.indices,
        };
  });
  return { status: 200, body: { model, vector_type: type, data, usage: { total_tokens: 1 } } };
}

function askIndex(index: HostIndex, path: string, body: any): HostAnswer {
  try {
    const [, first, , namespace = "", last] = path.split("/");
    if (path === "/vectors/upsert") return upsert(index, body);
    if (path === "/query") return query(index, body);
    if (path === "/describe_index_stats") return { status: 200, body: stats(index) };
    const asked = { namespace: decodeURIComponent(namespace), body };
    if (first === "records" && last === "upsert") return upsertRecords(index, asked);
    if (first === "records" && last === "search") return searchRecords(index, asked);
    throw new IndexFailure(404, 5, "Not Found");
  } catch (error) {
    if (!(error instanceof IndexFailure)) throw error;
    const { status, code, message } = error;
    return { status, body: { code, message, details: [] } };
  }
}

function upsert(index: HostIndex, { vectors, namespace = DEFAULT_NAMESPACE }: any): HostAnswer {
  for (const { id, values = [], sparseValues = null, metadata = {} } of vectors) {
    if (index.vectorType === "dense") refuseDimension(index, values);
    recordsOf(index, namespace).set(id, { id, values, sparseValues, metadata });
  }
  return { status: 200, body: { upsertedCount: vectors.length } };
}

function query(
  index: HostIndex,
  {
    namespace = DEFAULT_NAMESPACE,
    topK,
    vector = null,
    sparseVector: sparse = null,
    includeMetadata,
    includeValues,
  }: any,
): HostAnswer {
  const found = nearest(index, { namespace, topK, vector, sparse });
  const matches = found.map(({ record, score }: ScoredRecord) => ({
    id: record.id,
    score,
    values: includeValues === true ? record.values : [],
    ...(includeMetadata === true ? { metadata: record.metadata } : {}),
  }));
  return { status: 200, body: { results: [], matches, namespace, usage: { readUnits: 1 } } };
}

function upsertRecords(
  index: HostIndex,
  { namespace, body }: { namespace: string; body: any[] },
): HostAnswer {
  const { embed: own } = index;
  if (own === null)
    throw new IndexFailure(400, 3, "Integrated inference is not configured for this index");
  for (const { _id, id = _id, ...metadata } of body) {
    recordsOf(index, namespace).set(id, {
      id,
      metadata,
      ...embedText(String(metadata[own.field]), index),
    });
  }
  return { status: 201, body: "" };
}

function searchRecords(
  index: HostIndex,
  { namespace, body }: { namespace: string; body: any },
): HostAnswer {
  if (index.embed === null)
    throw new IndexFailure(400, 3, "Integrated inference is not configured for this index");
  const { top_k: topK, inputs } = body.query;
  const { values, sparseValues: sparse } = embedText(inputs.text, index);
  const vector = index.vectorType === "dense" ? values : null;
  const hits = nearest(index, { namespace, topK, vector, sparse }).map(({ record, score }) => ({
    _id: record.id,
    _score: score,
    fields: record.metadata,
  }));
  return {
    status: 200,
    body: { result: { hits }, usage: { read_units: 1, embed_total_tokens: 1 } },
  };
}

function stats({ dimension, metric, vectorType, namespaces }: HostIndex): unknown {
  const counts = [...namespaces].map(
    ([name, records]) => [name, { vectorCount: records.size }] as const,
  );
  return {
    namespaces: Object.fromEntries(counts),
    indexFullness: 0,
    totalVectorCount: counts.reduce((sum, [, { vectorCount }]) => sum + vectorCount, 0),
    metric,
    vectorType,
    ...(dimension === null ? {} : { dimension }),
  };
}

async function listen(
  handle: (request: IncomingMessage, reply: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function urlOf(server: Server): string {
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
