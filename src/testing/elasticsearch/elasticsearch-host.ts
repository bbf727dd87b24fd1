import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import {
  type Access,
  authenticate,
  type Caller,
  CHALLENGES,
  createKey,
  FIELD_CAPS,
  forbidden,
  MAPPING,
  mayUse,
  type Right,
  SEARCH,
  SUPERUSER,
} from "./access.ts";
import { createIndex, filterSource, type Index, matches, putDocument } from "./documents.ts";
import { noSuchIndex, ServerFailure, ShardFailure } from "./failures.ts";
import { type Hit, type HostModel, searchIndex } from "./search.ts";

export interface ElasticsearchHost extends AsyncDisposable {
  /** `http://127.0.0.1:…` */
  url: string;
  /** Of the superuser, as a header. */
  authorization: string;
  /** Searches so far: their bodies. */
  searches: any[];
  /** Mappings shown so far. */
  mappings: number;
  /** Models it has; none at first. */
  models: Record<string, HostModel>;
  /** What goes wrong with every search from now on. */
  trouble: "timed out" | "circuit breaking" | "rejected" | null;
}

interface Call {
  method: string;
  path: string[];
  body: any;
  caller: Caller;
}

/**
 * Answers as Elasticsearch 8.19 does to what this server's driver, its tests and the official client ask: mappings, documents,
 * API keys, words by BM25, vectors exactly. `elasticsearch-host.test.ts` compares it with recordings of a real server.
 */
export async function startElasticsearchHost(): Promise<ElasticsearchHost> {
  const password = randomBytes(12).toString("base64url");
  const server = createServer(
    (request, reply) => void handle(request, reply).catch(() => reply.destroy()),
  );
  const node = createNode(password);

  async function handle(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { status, body, headers = {} } = await answer(request, node);
    reply.writeHead(status, {
      "x-elastic-product": "Elasticsearch",
      "content-type": "application/json",
      ...headers,
    });
    reply.end(request.method === "HEAD" ? undefined : JSON.stringify(body));
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  return Object.assign(node.shown, {
    url: `http://127.0.0.1:${port}`,
    authorization: `Basic ${Buffer.from(`${SUPERUSER}:${password}`).toString("base64")}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

interface Node {
  access: Access;
  indices: Map<string, Index>;
  aliases: Map<string, string[]>;
  shown: Pick<ElasticsearchHost, "searches" | "mappings" | "models" | "trouble">;
}

function createNode(password: string): Node {
  const shown: Node["shown"] = { searches: [], mappings: 0, models: {}, trouble: null };
  const access = { password, keys: new Map() };
  return { access, indices: new Map(), aliases: new Map(), shown };
}

interface HostAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string | string[]>;
}

async function answer(request: IncomingMessage, node: Node): Promise<HostAnswer> {
  const content = await text(request);
  try {
    const url = new URL(request.url ?? "/", "http://host");
    const path = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
    const { access } = node;
    const caller = authenticate(request.headers.authorization, { access, path: url.pathname });
    const lines = content.split("\n").filter((line) => line.trim() !== "");
    const body = path.at(-1) === "_bulk" ? lines.map(parse) : parse(content || "{}");
    return {
      status: 200,
      body: route({ method: request.method ?? "GET", path, body, caller }, node),
    };
  } catch (error) {
    if (!(error instanceof ServerFailure)) throw error;
    const headers = error.status === 401 ? { "www-authenticate": CHALLENGES } : {};
    return { status: error.status, body: error.body(), headers };
  }
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new ServerFailure(400, "x_content_parse_exception", "[1:1] not JSON");
  }
}

function route(call: Call, node: Node): unknown {
  const { method, path, body } = call;
  const [first = "", second] = path;
  if (first === "_security") return createKey(body, node.access);
  if (first === "_aliases") return addAliases(body, node);
  if (first === "_bulk") return putAll(body, node);
  if (path.length === 1 && method === "PUT") {
    node.indices.set(first, createIndex(first, body.mappings?.properties ?? {}));
    return { acknowledged: true, shards_acknowledged: true, index: first };
  }
  if (second === "_mapping") {
    node.shown.mappings++;
    return mappingOf(resolve(first, { call, node, right: MAPPING }));
  }
  if (second === "_field_caps") return fieldCaps(resolve(first, { call, node, right: FIELD_CAPS }));
  if (second === "_search")
    return search(resolve(first, { call, node, right: SEARCH }), body, node);
  throw new ServerFailure(
    400,
    "illegal_argument_exception",
    `no handler found for uri [/${path.join("/")}] and method [${method}]`,
  );
}

function addAliases(body: any, { aliases }: Node): unknown {
  for (const { add } of body.actions) {
    aliases.set(add.alias, [...(aliases.get(add.alias) ?? []), add.index]);
  }
  return { acknowledged: true, errors: false };
}

function putAll(lines: any[], { indices }: Node): unknown {
  const items = [];
  for (let at = 0; at < lines.length; at += 2) {
    const { _index, _id } = lines[at].index;
    const index = indices.get(_index) ?? createIndex(_index, {});
    indices.set(_index, index);
    putDocument(index, _id, lines[at + 1]);
    items.push({ index: { _index, _id, status: 201, result: "created" } });
  }
  return { took: 1, errors: false, items };
}

/** The indices behind a name, an alias, a pattern or a list of them, as far as the key may see them. */
function resolve(
  names: string,
  { call, node, right }: { call: Call; node: Node; right: Right },
): Index[] {
  const known = [...node.indices.keys(), ...node.aliases.keys()];
  const found = names.split(",").flatMap((name) => {
    const isPattern = name.includes("*");
    const chosen = isPattern ? known.filter((one) => matches(name, one)) : [name];
    return chosen.flatMap((one) => {
      if (!mayUse(one, call.caller, right)) {
        if (isPattern) return [];
        throw forbidden(one, call.caller, right);
      }
      const concrete = node.aliases.get(one) ?? [one];
      return concrete.map((target) => {
        const index = node.indices.get(target);
        if (index === undefined) throw noSuchIndex(target);
        return index;
      });
    });
  });
  return [...new Set(found)];
}

function mappingOf(indices: Index[]): unknown {
  return Object.fromEntries(
    indices.map(({ name, properties }) => [name, { mappings: { properties } }]),
  );
}

function fieldCaps(indices: Index[]): unknown {
  const fields: Record<string, Record<string, unknown>> = {};
  for (const { fields: mapped } of indices) {
    for (const [path, { type, definition }] of mapped) {
      const isStructure = type === "object" || type === "nested";
      const searchable = !isStructure && definition["index"] !== false;
      const aggregatable = type === "keyword" || type === "long";
      const can = { type, metadata_field: false, searchable, aggregatable };
      fields[path] = { ...fields[path], [type]: can };
    }
  }
  return { indices: indices.map(({ name }) => name), fields };
}

function search(indices: Index[], body: any, { shown }: Node): unknown {
  shown.searches.push(body);
  if (shown.trouble === "circuit breaking") {
    throw new ServerFailure(
      429,
      "circuit_breaking_exception",
      "[parent] Data too large, data for [<http_request>] would be [1gb], which is larger than the limit of [512mb]",
      {
        bytes_wanted: 1_073_741_824,
        bytes_limit: 536_870_912,
        durability: "TRANSIENT",
      },
    );
  }
  if (shown.trouble === "rejected") {
    throw new ServerFailure(
      429,
      "es_rejected_execution_exception",
      "rejected execution of search [queue capacity = 1000]",
    );
  }
  const failures: Record<string, unknown>[] = [];
  const hits: Hit[] = [];
  for (const index of indices) {
    try {
      hits.push(...searchIndex(index, body, shown));
    } catch (error) {
      if (!(error instanceof ShardFailure)) throw error;
      failures.push({
        shard: 0,
        index: index.name,
        node: "node",
        reason: error.reason(index.name),
      });
    }
  }
  if (failures.length > 0 && failures.length === indices.length) throw allFailed(failures, body);
  const best = hits.toSorted((left, right) => right.score - left.score).slice(0, body.size ?? 10);
  return {
    took: 1,
    timed_out: shown.trouble === "timed out",
    _shards: {
      total: indices.length,
      successful: indices.length - failures.length,
      skipped: 0,
      failed: failures.length,
      ...(failures.length > 0 ? { failures } : {}),
    },
    hits: {
      ...(body.track_total_hits === false ? {} : { total: { value: hits.length, relation: "eq" } }),
      max_score: best[0]?.score ?? (indices.length === 0 ? 0 : null),
      hits: best.map((hit) => shownHit(hit, body)),
    },
  };
}

function shownHit({ index, document, score, innerHits }: Hit, body: any): unknown {
  return {
    _index: index.name,
    _id: document.id,
    _score: score,
    ...(body._source === false ? {} : { _source: filterSource(document.source, body._source) }),
    ...(innerHits === undefined ? {} : { inner_hits: innerHits }),
  };
}

function allFailed(failures: Record<string, unknown>[], body: any): ServerFailure {
  const failure = new ServerFailure(400, "search_phase_execution_exception", "all shards failed", {
    phase: body.knn === undefined ? "query" : "dfs",
    grouped: true,
    failed_shards: failures.slice(0, 1),
  });
  const { caused_by: _cause, ...root } = (failures[0]?.["reason"] ?? {}) as Record<string, unknown>;
  failure.error["root_cause"] = [root];
  return failure;
}
