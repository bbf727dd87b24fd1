import fc from "fast-check";

import { halfRight, hostileText, hostileValue } from "./hostile-values.ts";

export interface HostileRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
  /** The client leaves when it has seen the status. */
  hangsUp: boolean;
}

/** What exists on the server, so that some requests reach far. */
export interface Known {
  key: string;
  deployments: string[];
  store: string;
  file: string;
}

/** Requests of which most are nearly right: routes, versions, headers and bodies are each broken now and then. */
export function hostileRequest(known: Known): fc.Arbitrary<HostileRequest> {
  const files = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(known.file, "file-AbCdEfGhIjKlMnOpQrStUvWx") },
    { weight: 1, arbitrary: hostileText },
  );
  const stores = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(known.store, "vs_AbCdEfGhIjKlMnOpQrStUvWx") },
    { weight: 1, arbitrary: hostileText },
  );
  const deployments = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...known.deployments) },
    { weight: 1, arbitrary: hostileText },
  );
  const chat = chatBody(deployments, stores);
  const kinds: [number, fc.Arbitrary<Step>][] = [
    [
      30,
      fc.tuple(deployments, chat).map(([deployment, body]): Step => ({
        method: "POST",
        path: `/deployments/${encode(deployment)}/chat/completions`,
        v1Path: "/chat/completions",
        body: json(body),
      })),
    ],
    [
      8,
      fc.tuple(deployments, embeddingsBody(deployments)).map(([deployment, body]): Step => ({
        method: "POST",
        path: `/deployments/${encode(deployment)}/embeddings`,
        v1Path: "/embeddings",
        body: json(body),
      })),
    ],
    [
      20,
      fc.tuple(stores, storeCall(files)).map(([store, [method, rest, body]]): Step => ({
        method,
        path: `/vector_stores/${encode(store)}${rest}`,
        body: body === undefined ? null : json(body),
      })),
    ],
    [
      4,
      halfRight({
        name: hostileText,
        file_ids: fc.array(files, { maxLength: 3 }),
        metadata: fc.dictionary(hostileText, hostileText, { maxKeys: 3 }),
        expires_after: fc.constant({ anchor: "last_active_at", days: 1 }),
        chunking_strategy: fc.constant({ type: "auto" }),
      }).map((body): Step => ({ method: "POST", path: "/vector_stores", body: json(body) })),
    ],
    [10, fc.constant<Step>({ method: "GET", path: "/vector_stores", body: null })],
    [8, fc.constantFrom<Step>(...["/files", "/models", "/deployments"].map(listing))],
    [
      8,
      fc
        .tuple(
          fc.constantFrom("GET", "GET", "DELETE"),
          hostileText,
          fc.constantFrom("", "/content"),
        )
        .map(([method, id, rest]): Step => ({
          method,
          path: `/files/${encode(id)}${rest}`,
          body: null,
        })),
    ],
    [4, multipart().map((body): Step => ({ method: "POST", path: "/files", body }))],
    [
      4,
      fc
        .tuple(
          fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"),
          hostileText,
        )
        .map(([method, text]): Step => ({ method, path: `/${encode(text)}`, body: null })),
    ],
  ];
  const step = fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  return fc
    .record({
      step,
      isV1: fc.boolean(),
      query: query(),
      headers: headers(known.key),
      damage: damage(),
      hangsUp: fc.integer({ min: 0, max: 99 }).map((number) => number === 0),
    })
    .map(({ step: { method, path, v1Path, body }, isV1, ...rest }) => {
      const base = isV1 ? `/openai/v1${v1Path ?? path}` : `/openai${path}`;
      return {
        method,
        path: base + rest.query,
        headers: rest.headers,
        body: body === null || method === "GET" || method === "HEAD" ? null : rest.damage(body),
        hangsUp: rest.hangsUp,
      };
    });
}

interface Step {
  method: string;
  path: string;
  /** Where it differs from that of the dated routes. */
  v1Path?: string;
  body: Buffer | null;
}

function chatBody(
  deployments: fc.Arbitrary<string>,
  stores: fc.Arbitrary<string>,
): fc.Arbitrary<unknown> {
  const content = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("How long is a password?", "Hello [doc1]") },
    { weight: 1, arbitrary: hostileText },
    {
      weight: 1,
      arbitrary: fc.array(halfRight({ type: fc.constant("text"), text: hostileText }), {
        maxLength: 2,
      }),
    },
  );
  const message = halfRight({
    role: fc.constantFrom(
      "user",
      "user",
      "user",
      "system",
      "developer",
      "assistant",
      "tool",
      "function",
    ),
    content,
    tool_call_id: fc.constant("call_1"),
    tool_calls: fc.constant([
      { id: "call_1", type: "function", function: { name: "f", arguments: "{" } },
    ]),
    context: hostileValue,
  });
  const right = fc.record({ role: fc.constant("user"), content });
  const parameters = halfRight({
    vector_store_id: stores,
    vector_store_ids: fc.array(stores, { maxLength: 2 }),
    top_n_documents: fc.integer({ min: 1, max: 20 }),
    strictness: fc.integer({ min: 1, max: 5 }),
    in_scope: fc.boolean(),
    filter: fc.constantFrom("a eq 'b'", "a eq", "((((", "a/any(x: x eq 'b')"),
    include_contexts: fc.constant(["citations", "intent", "all_retrieved_documents"]),
    role_information: hostileText,
    endpoint: fc.constantFrom("http://169.254.169.254/", "https://x.search.windows.net"),
    authentication: fc.constant({ type: "api_key", key: "k" }),
    embedding_dependency: hostileValue,
  });
  const source = halfRight({
    type: fc.constantFrom("file_search", "file_search", "azure_search", "elasticsearch", "x"),
    parameters,
  });
  const tool = halfRight({
    type: fc.constantFrom("function", "file_search", "code_interpreter"),
    function: fc.constant({ name: "f", parameters: {} }),
    vector_store_ids: fc.array(stores, { maxLength: 1 }),
    filters: fc.constantFrom<object>(
      { type: "eq", key: "a", value: 1 },
      { type: "and", filters: [] },
    ),
  });
  return halfRight({
    model: deployments,
    messages: fc.array(fc.oneof(right, message), { minLength: 1, maxLength: 4 }),
    data_sources: fc.array(source, { minLength: 1, maxLength: 2 }),
    stream: fc.boolean(),
    stream_options: fc.constant({ include_usage: true }),
    tools: fc.array(tool, { maxLength: 2 }),
    tool_choice: fc.constantFrom("auto", "none", "required", {
      type: "function",
      function: { name: "f" },
    }),
    tool_resources: fc.constant({ file_search: { vector_store_ids: ["vs_x"] } }),
    max_tokens: fc.integer({ min: -1, max: 5000 }),
    max_completion_tokens: fc.integer({ min: -1, max: 5000 }),
    temperature: fc.double({ min: -1, max: 3, noNaN: true }),
    n: fc.integer({ min: 0, max: 3 }),
    stop: fc.constantFrom<unknown>("x", ["a", "b"]),
    response_format: fc.constantFrom<object>(
      { type: "json_object" },
      { type: "json_schema", json_schema: { name: "x", schema: {} } },
    ),
    truncation_strategy: fc.constantFrom<object>(
      { type: "auto" },
      { type: "last_messages", last_messages: 1 },
    ),
    reasoning_effort: fc.constantFrom("low", "high", "none"),
  });
}

function embeddingsBody(deployments: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return halfRight({
    model: deployments,
    input: fc.oneof(hostileText, fc.array(hostileText, { maxLength: 3 }), fc.constant([[1], [2]])),
    encoding_format: fc.constantFrom("float", "base64"),
    dimensions: fc.integer({ min: 0, max: 5 }),
  });
}

/** What can be done to a vector store: method, rest of the path, body. */
function storeCall(files: fc.Arbitrary<string>): fc.Arbitrary<[string, string, unknown]> {
  const search = halfRight({
    query: fc.oneof(hostileText, fc.constantFrom("password", "crane")),
    max_num_results: fc.integer({ min: 0, max: 60 }),
    filters: fc.oneof(
      hostileValue,
      fc.constant({ type: "or", filters: [{ type: "gt", key: "__proto__", value: 1 }] }),
    ),
    ranking_options: fc.constant({ ranker: "auto", score_threshold: 0.1 }),
    rewrite_query: fc.boolean(),
  });
  const attributes = fc.dictionary(hostileText, hostileValue, { maxKeys: 2 });
  const read = (rest: string): [string, string, unknown] => ["GET", rest, undefined];
  return fc.oneof(
    search.map((body): [string, string, unknown] => ["POST", "/search", body]),
    halfRight({ name: hostileText, metadata: attributes }).map(
      (body): [string, string, unknown] => ["POST", "", body],
    ),
    fc.constantFrom(
      read(""),
      read("/files"),
      read("/file_batches/vsfb_x"),
      read("/file_batches/vsfb_x/files"),
    ),
    files.map((file) => read(`/files/${encode(file)}`)),
    files.map((file) => read(`/files/${encode(file)}/content`)),
    fc
      .tuple(files, halfRight({ attributes }))
      .map(([file, body]): [string, string, unknown] => ["POST", `/files/${encode(file)}`, body]),
    halfRight({ file_ids: fc.constant(["file-x"]), files: hostileValue, attributes }).map(
      (body): [string, string, unknown] => ["POST", "/file_batches", body],
    ),
    halfRight({ file_id: hostileText, attributes }).map((body): [string, string, unknown] => [
      "POST",
      "/files",
      body,
    ]),
  );
}

function multipart(): fc.Arbitrary<Buffer> {
  const part = fc.constantFrom(
    'Content-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n',
    'Content-Disposition: form-data; name="file"; filename="ö.md"\r\nContent-Type: text/plain\r\n\r\nhello\r\n',
    'Content-Disposition: form-data; name="purpose"; filename="purpose"\r\n\r\nfile-search\r\n',
    'Content-Disposition: form-data; name="file"\r\n\r\nno name\r\n',
    'Content-Disposition: form-data; name="__proto__"\r\n\r\nx\r\n',
    "Content-Disposition: form-data\r\n\r\nx\r\n",
    `X-Long: ${"x".repeat(3000)}\r\n\r\nx\r\n`,
    "no header at all",
    'Content-Disposition: form-data; name="expires_after[seconds]"\r\n\r\n-1\r\n',
  );
  return fc
    .tuple(fc.array(part, { maxLength: 4 }), fc.constantFrom("--b--\r\n", "--b-", ""))
    .map(([parts, end]) => Buffer.from(parts.map((text) => `--b\r\n${text}`).join("") + end));
}

function query(): fc.Arbitrary<string> {
  const version = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.constantFrom(
        "2024-02-01",
        "2024-10-21",
        "2024-12-01-preview",
        "2025-04-01-preview",
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "",
        "2099-99-99",
        "v1",
        "preview",
        "1999-01-01",
        "2024-12-01-preview%00",
      ),
    },
  );
  const more = fc.constantFrom(
    "",
    "",
    "",
    "&limit=1",
    "&limit=-1",
    "&limit=1e9",
    "&limit[]=1",
    "&after=file-x&before=file-x",
    "&order=sideways",
    "&purpose=%F0%9F%8C%BF",
    "&__proto__=x",
    "&api-version=2024-02-01",
    "&filter=failed",
    "&%",
    "&=&&&",
  );
  return fc.tuple(version, more).map(([value, rest]) => `?api-version=${value}${rest}`);
}

function headers(key: string): fc.Arbitrary<Record<string, string>> {
  const authentication = fc.oneof(
    {
      weight: 14,
      arbitrary: fc.constantFrom<Record<string, string>>(
        { "api-key": key },
        { authorization: `Bearer ${key}` },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Record<string, string>>(
        {},
        { "api-key": "wrong" },
        { authorization: "Bearer eyJhbGciOiJub25lIn0.e30." },
        { authorization: "Basic eDp5" },
        { authorization: `Bearer ${"x".repeat(3000)}` },
      ),
    },
  );
  const type = fc.oneof(
    { weight: 10, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "application/json; charset=utf-16",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=b",
        'multipart/form-data; boundary="',
        "application/x-www-form-urlencoded",
        ";;;",
        "",
      ),
    },
  );
  const more = fc.constantFrom<Record<string, string>>(
    {},
    {},
    {},
    {},
    { "content-encoding": "gzip" },
    { accept: "application/xml" },
    { "x-ms-client-request-id": "\u00ff" },
    { "accept-encoding": "br" },
    { "if-none-match": "*", range: "bytes=0-1" },
  );
  return fc.tuple(authentication, type, more).map(([auth, contentType, rest]) => ({
    ...auth,
    ...rest,
    ...(contentType === null ? {} : { "content-type": contentType }),
  }));
}

/** What happens to a body on its way: mostly nothing. */
function damage(): fc.Arbitrary<(body: Buffer) => Buffer> {
  const cut = fc.double({ min: 0, max: 1, noNaN: true });
  const byte = fc.integer({ min: 0, max: 255 });
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant((body: Buffer) => body) },
    {
      weight: 1,
      arbitrary: cut.map((at) => (body: Buffer) => body.subarray(0, Math.floor(body.length * at))),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(cut, byte).map(([at, value]) => (body: Buffer) => {
        const flipped = Buffer.from(body);
        if (flipped.length > 0) flipped[Math.floor(at * (flipped.length - 1))] = value;
        return flipped;
      }),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(
          Buffer.from("[".repeat(20_000)),
          Buffer.from('{"a":'.repeat(5000)),
          Buffer.from('{"__proto__":{"stream":true},"messages":[]}'),
          Buffer.from('{"messages":[],"messages":{"constructor":{"prototype":{}}}}'),
          Buffer.from("\uFEFF{}"),
          Buffer.from('{"model":1e999999}'),
          Buffer.from("null"),
          Buffer.from('"text"'),
          Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
          Buffer.alloc(0),
        )
        .map((replacement) => () => replacement),
    },
  );
}

function listing(path: string): Step {
  return { method: "GET", path, body: null };
}

function json(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body));
}

/** As a step of a path: whatever a client could send there, half of the time without its own escapes. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("%2F", "/");
}
