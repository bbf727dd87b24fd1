import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

import { TEST_CERTIFICATE } from "../test-certificate.ts";
import { applyBatch, type HostedIndex } from "./hosted-index.ts";
import { answerQuery, type QueryState, Refusal } from "./search-query.ts";

export interface AzureSearchHost extends AsyncDisposable {
  /** `https://localhost:…`; shows `TEST_CERTIFICATE`. */
  url: string;
  port: number;
  adminKey: string;
  /** Reads documents, not the definitions of indexes. */
  queryKey: string;
  /** Tokens that are let in, with what they may read. */
  tokens: Map<string, "documents" | "everything">;
  indexes: Map<string, HostedIndex>;
  /** Other names of indexes, for their documents only. */
  aliases: Map<string, string>;
  /** How its semantic ranker does. */
  state: QueryState;
  /** What it was asked, in order. */
  calls: HostCall[];
}

export interface HostCall {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: any;
}

const VERSIONS = ["2023-11-01", "2024-07-01", "2025-09-01", "2026-04-01", "2025-11-01-preview"];
const SERVICE = "test-search";

/**
 * A search service over TLS, as far as it is searched: both forms of URLs, keys and tokens, definitions of indexes, filters,
 * exact BM25 and nearest neighbours, rank fusion, a stand-in for the semantic ranker. Judged by the official client.
 */
export async function startAzureSearchHost(): Promise<AzureSearchHost> {
  const host: AzureSearchHost = {
    url: "",
    port: 0,
    adminKey: "admin-key-0a1b2c3d",
    queryKey: "query-key-4e5f6a7b",
    tokens: new Map(),
    indexes: new Map(),
    aliases: new Map(),
    state: { semantic: "ready" },
    calls: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(TEST_CERTIFICATE, (request, reply) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const text = Buffer.concat(pieces).toString("utf8");
      const call = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: text === "" ? undefined : JSON.parse(text),
      };
      host.calls.push(call);
      answer(call, host, reply);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an object.
  host.port = (server.address() as AddressInfo).port;
  host.url = `https://localhost:${host.port}`;
  return host;
}

type Host = Pick<
  AzureSearchHost,
  "adminKey" | "queryKey" | "tokens" | "indexes" | "aliases" | "state"
>;

function answer(call: HostCall, host: Host, reply: ServerResponse): void {
  const send = (status: number, body?: object): void => {
    reply
      .writeHead(status, { "content-type": "application/json; odata.metadata=none" })
      .end(body === undefined ? undefined : JSON.stringify(body));
  };
  try {
    const { status, body } = route(call, host);
    send(status, body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, message } = error;
    send(status, { error: { code, message } });
  }
}

function route(call: HostCall, host: Host): { status: number; body?: object } {
  const url = new URL(call.path, "https://host");
  const rights = rightsOf(call, host);
  if (!VERSIONS.includes(url.searchParams.get("api-version")?.toLowerCase() ?? "")) {
    throw new Refusal(400, "", "Invalid or missing api-version query string parameter.");
  }
  if (url.pathname === "/indexes" && call.method === "POST") {
    refuseUnless(rights === "everything");
    return put(host, call.body.name, call.body);
  }
  const [, quoted, plain, operation = ""] =
    /^\/indexes(?:\('((?:[^']|'')+)'\)|\/([^/]+))(\/.*)?$/u.exec(
      decodeURIComponent(url.pathname),
    ) ?? [];
  const name = quoted?.replaceAll("''", "'") ?? plain ?? "";
  if (operation === "" && call.method === "PUT") {
    refuseUnless(rights === "everything");
    return put(host, name, call.body);
  }
  const isSearch = /^\/docs\/search(?:\.post\.search)?$/u.test(operation);
  const index = host.indexes.get(isSearch ? (host.aliases.get(name) ?? name) : name);
  refuseUnless(isSearch || rights === "everything");
  if (index === undefined) {
    throw new Refusal(404, "", `The index '${name}' for service '${SERVICE}' was not found.`);
  }
  if (isSearch) return answerQuery(index, call.body, host.state);
  if (/^\/docs\/(?:search\.)?index$/u.test(operation)) {
    return { status: 200, body: { value: applyBatch(index, call.body.value) } };
  }
  if (operation === "" && call.method === "GET") return { status: 200, body: index.definition };
  throw new Refusal(404, "", "");
}

function rightsOf({ headers }: HostCall, host: Host): "documents" | "everything" {
  const key = headers["api-key"];
  const token = /^Bearer (.+)$/u.exec(headers.authorization ?? "")?.[1];
  if (key === undefined && token === undefined) {
    throw new Refusal(401, "", "The request has neither a key nor a token.");
  }
  if (key === host.adminKey) return "everything";
  if (key === host.queryKey) return "documents";
  const rights = token === undefined ? undefined : host.tokens.get(token);
  if (rights !== undefined) return rights;
  throw new Refusal(
    403,
    "",
    "The given API key doesn't match service's internal, primary or secondary keys. Please check the key and try again.",
  );
}

function refuseUnless(isAllowed: boolean): void {
  if (!isAllowed)
    throw new Refusal(403, "", "Access denied: the key or the role does not allow this operation.");
}

function put(host: Host, name: string, definition: any): { status: number; body: object } {
  const known = host.indexes.get(name);
  const full = { ...definition, fields: definition.fields.map(withDefaults) };
  host.indexes.set(name, { definition: full, documents: known?.documents ?? new Map() });
  return { status: known ? 200 : 201, body: full };
}

/** What the service adds to a field when it is read again. */
function withDefaults(field: any): any {
  const isText = field.type.includes("Edm.String");
  return { searchable: isText, filterable: true, retrievable: true, key: false, ...field };
}
