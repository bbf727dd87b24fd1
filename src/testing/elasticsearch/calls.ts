/** A server that speaks Elasticsearch's protocol: the host of these tests, or a real one. */
export interface ElasticsearchServer {
  url: string;
  /** Of the superuser, as a header. */
  authorization: string;
}

export interface ServerCall {
  method: string;
  path: string;
  /** Lines of JSON when it is a list. */
  body?: unknown;
}

export interface ServerAnswer {
  status: number;
  headers: Headers;
  body: any;
}

export async function callServer(
  { url, authorization }: ElasticsearchServer,
  { method, path, body }: ServerCall,
): Promise<ServerAnswer> {
  const isList = Array.isArray(body);
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization,
      "content-type": isList ? "application/x-ndjson" : "application/json",
    },
    ...(body === undefined
      ? {}
      : {
          body: isList
            ? body.map((line) => `${JSON.stringify(line)}\n`).join("")
            : JSON.stringify(body),
        }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** For preparing: an answer that is no success is an error. */
export async function prepareServer(
  server: ElasticsearchServer,
  calls: readonly ServerCall[],
): Promise<ServerAnswer[]> {
  const answers: ServerAnswer[] = [];
  for (const call of calls) {
    const answer = await callServer(server, call);
    if (answer.status >= 300 || answer.body.errors === true) {
      throw new Error(
        `${call.method} ${call.path}: ${answer.status} ${JSON.stringify(answer.body)}`,
      );
    }
    answers.push(answer);
  }
  return answers;
}

export interface ApiKey {
  id: string;
  key: string;
  encoded: string;
}

/** A key with these privileges for these indices, and no other. */
export async function createApiKey(
  server: ElasticsearchServer,
  { names, privileges }: { names: string[]; privileges: string[] },
): Promise<ApiKey> {
  const role = { cluster: [], indices: [{ names, privileges }] };
  const [answer] = await prepareServer(server, [
    {
      method: "POST",
      path: "/_security/api_key?refresh=true",
      body: { name: "test", role_descriptors: { test: role } },
    },
  ]);
  const { id, api_key: key, encoded } = answer?.body ?? {};
  return { id, key, encoded };
}

/** An index with its documents, ready to be searched. */
export function indexCalls(
  name: string,
  properties: Record<string, unknown>,
  documents: readonly { id: string; [field: string]: unknown }[],
): ServerCall[] {
  const settings = { number_of_shards: 1, number_of_replicas: 0 };
  const lines = documents.flatMap((document) => [
    { index: { _index: name, _id: document.id } },
    document,
  ]);
  return [
    { method: "PUT", path: `/${name}`, body: { settings, mappings: { properties } } },
    ...(lines.length === 0 ? [] : [{ method: "POST", path: "/_bulk?refresh=true", body: lines }]),
  ];
}

/** Vectors as they were given: without it they are rounded to bytes. */
export const EXACT_VECTORS = { type: "hnsw", m: 16, ef_construction: 100 };
