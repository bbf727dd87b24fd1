import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ConfigurationFile, fileSchema } from "../config/file-schema.ts";
import type { Mode } from "../config/settings.ts";
import { createDeployments } from "../models/create-deployments.ts";
import { startTestApp, type TestApp } from "../testing/http-services.ts";

const MESSAGES = [{ role: "user", content: "How many days of leave?" }];
const dated = (name: string): string =>
  `/openai/deployments/${name}/chat/completions?api-version=2024-12-01-preview`;

interface Seen {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  text: string;
  body: any;
}

/** A model's server that answers with what `listener` says, and remembers what it was asked. */
interface Upstream {
  base: string;
  seen: Seen[];
  listener: RequestListener;
}

let closing: (() => unknown)[];
beforeEach(() => {
  closing = [];
});
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
});

async function startUpstream(listener: RequestListener): Promise<Upstream> {
  const seen: Seen[] = [];
  const server = createServer(async (request, reply) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    seen.push({ url: request.url, headers: request.headers, text, body: parsed(text) });
    upstream.listener(request, reply);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const upstream = {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    listener,
  };
  return upstream;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The HTTP surface with these deployments, as `groundwire.yaml` would write them. */
async function startWith(
  deployments: Record<string, unknown>,
  { mode = "tolerant" }: { mode?: Mode } = {},
): Promise<TestApp> {
  const file: ConfigurationFile = fileSchema.parse({ deployments });
  const opened = createDeployments({
    deployments: file.deployments,
    upstream: null,
    embeddingDeployment: null,
  });
  const server = await startTestApp({ mode }, { deployments: opened });
  closing.push(
    () => server[Symbol.asyncDispose](),
    () => opened.close(),
  );
  return server;
}

const azure = ({ base }: Upstream, more: object = {}) => ({
  type: "azure_openai",
  endpoint: base,
  api_key: "sk-operator",
  ...more,
});
const openai = ({ base }: Upstream, more: object = {}) => ({
  type: "openai",
  base_url: `${base}/v1`,
  ...more,
});

function json(reply: ServerResponse, body: unknown, status = 200): void {
  reply
    .writeHead(status, { "content-type": "application/json" })
    .end(typeof body === "string" ? body : JSON.stringify(body));
}

const refused = (code: string, param: string, message: string) => ({
  error: { message, type: "invalid_request_error", param, code },
});

describe("a request that belongs to the model", () => {
  test("goes up byte for byte and comes back byte for byte", async () => {
    const upstream = await startUpstream((_request, reply) =>
      json(reply, '{ "id":"x",  "choices":[] }'),
    );
    const server = await startWith({ chat: { upstreams: [azure(upstream)] } });
    const body = '{ "messages" : [{"role":"user","content":"grün"}],\n "unknown_field": 1e400 }';
    const response = await server.post(dated("chat"), body);
    expect(response.text).toBe('{ "id":"x",  "choices":[] }');
    expect(upstream.seen[0]).toMatchObject({
      url: "/openai/deployments/chat/chat/completions?api-version=2025-04-01-preview",
      text: body,
    });
    expect(upstream.seen[0]?.headers["api-key"]).toBe("sk-operator");
    expect(response.headers.get("apim-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("is renamed for an upstream that goes by the body's model", async () => {
    const upstream = await startUpstream((_request, reply) => json(reply, "{}"));
    const server = await startWith({ chat: { upstreams: [openai(upstream, { model: "qwen3" })] } });
    await server.post(dated("chat"), { model: "another", messages: MESSAGES });
    expect(upstream.seen[0]?.body).toEqual({ model: "qwen3", messages: MESSAGES });
  });

  test("has our own fields heeded and left out", async () => {
    const upstream = await startUpstream((_request, reply) => json(reply, "{}"));
    const server = await startWith({ chat: { upstreams: [azure(upstream)] } });
    const history = ["a", "b", "c"].map((content) => ({ role: "user", content }));
    const { headers } = await server.post(dated("chat"), {
      messages: [{ role: "system", content: "s" }, ...history],
      truncation_strategy: { type: "last_messages", last_messages: 2 },
      tool_resources: { file_search: { vector_store_ids: ["vs_1"] } },
      data_sources: [],
    });
    expect(upstream.seen[0]?.body).toEqual({
      messages: [{ role: "system", content: "s" }, history[1], history[2]],
    });
    expect(headers.get("x-groundwire-warnings")).toContain("'tool_resources' ignored");
    const refusal = await server.post(dated("chat"), {
      messages: history,
      truncation_strategy: { type: "first" },
    });
    expect([refusal.status, refusal.json.error.param]).toEqual([400, "truncation_strategy.type"]);
  });

  test("has what On Your Data put into the history left out", async () => {
    const upstream = await startUpstream((_request, reply) => json(reply, "{}"));
    const server = await startWith({ chat: { upstreams: [azure(upstream)] } });
    const [question] = MESSAGES;
    const answer = { role: "assistant", content: "20 days [doc1]." };
    await server.post(dated("chat"), {
      messages: [
        question,
        { role: "tool", content: '{"citations": [], "intent": "[]"}', end_turn: false },
        { ...answer, end_turn: true, context: { citations: [], intent: "[]" } },
        question,
      ],
    });
    expect(upstream.seen[0]?.body).toEqual({ messages: [question, answer, question] });
  });

  test("has the model's error handed back with its status", async () => {
    const body =
      '{"error":{"message":"too long","param":"messages","code":"context_length_exceeded"}}';
    const upstream = await startUpstream((_request, reply) => json(reply, body, 400));
    const server = await startWith({ chat: { upstreams: [azure(upstream)] } });
    const response = await server.post(dated("chat"), { messages: MESSAGES });
    expect([response.status, response.text]).toEqual([400, body]);
    expect(upstream.seen).toHaveLength(1);
  });

  test("for an unknown deployment is not found, in the service's words", async () => {
    const server = await startWith({ chat: {} });
    const response = await server.post(dated("unknown"), { messages: MESSAGES });
    expect([response.status, response.json.error.code]).toEqual([404, "DeploymentNotFound"]);
    expect(response.json.error.message).toMatch(
      /^The API deployment for this resource does not exist\./,
    );
  });
});

describe("when an upstream cannot answer", () => {
  test("another one does, and nobody notices", async () => {
    const down = await startUpstream((_request, reply) => json(reply, "{}", 503));
    const up = await startUpstream((_request, reply) => json(reply, '{"id":"up"}'));
    const server = await startWith({
      chat: { upstreams: [azure(down, { priority: 0 }), azure(up)] },
    });
    const response = await server.post(dated("chat"), { messages: MESSAGES });
    expect([response.status, response.text]).toEqual([200, '{"id":"up"}']);
    expect([down.seen.length, up.seen.length]).toEqual([1, 1]);
  });

  test("one that drops the connection is tried again", async () => {
    const upstream = await startUpstream((request) => request.socket.destroy());
    const server = await startWith({ chat: { upstreams: [azure(upstream)], retries: 1 } });
    const first = server.post(dated("chat"), { messages: MESSAGES });
    while (upstream.seen.length === 0) await new Promise(setImmediate);
    upstream.listener = (_request, reply) => json(reply, '{"id":"again"}');
    expect((await first).text).toBe('{"id":"again"}');
  });

  test("a fallback deployment answers, with its own parameters", async () => {
    const down = await startUpstream((_request, reply) => json(reply, "{}", 500));
    const up = await startUpstream((_request, reply) => json(reply, '{"id":"up"}'));
    const server = await startWith({
      chat: { upstreams: [azure(down)], retries: 0, fallback: "o3" },
      o3: { upstreams: [azure(up)] },
    });
    const response = await server.post(dated("chat"), { messages: MESSAGES, max_tokens: 5 });
    expect(response.text).toBe('{"id":"up"}');
    expect(down.seen[0]?.body).toMatchObject({ max_tokens: 5 });
    expect(up.seen[0]?.body).toEqual({ messages: MESSAGES, max_completion_tokens: 5 });
    expect(response.headers.get("x-groundwire-warnings")).toContain("fallback");
  });

  test("the caller is told when all of them are used up", async () => {
    const upstream = await startUpstream((request) => request.socket.destroy());
    const server = await startWith({ chat: { upstreams: [azure(upstream)], retries: 0 } });
    const response = await server.post(dated("chat"), { messages: MESSAGES });
    expect(response.status).toBe(502);
    expect(response.json.error).toMatchObject({
      type: "server_error",
      code: "upstream_unavailable",
    });
  });
});

describe("a model that takes less than was thought", () => {
  test("is learnt to be a reasoning model, and asked rightly from then on", async () => {
    const upstream = await startUpstream((_request, reply) => json(reply, '{"id":"ok"}'));
    const says =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    upstream.listener = (_request, reply) =>
      upstream.seen.at(-1)?.body.max_tokens === undefined
        ? json(reply, '{"id":"ok"}')
        : json(reply, refused("unsupported_parameter", "max_tokens", says), 400);
    const server = await startWith({ mystery: { upstreams: [azure(upstream)] } });
    const ask = () =>
      server.post(dated("mystery"), { messages: MESSAGES, max_tokens: 9, temperature: 0.5 });
    const first = await ask();
    expect([first.status, first.text]).toEqual([200, '{"id":"ok"}']);
    expect(first.headers.get("x-groundwire-warnings")).toMatch(/max_tokens.*temperature/);
    await ask();
    expect(upstream.seen.map(({ body }) => Object.keys(body))).toEqual([
      ["messages", "max_tokens", "temperature"],
      ["messages", "max_completion_tokens"],
      ["messages", "max_completion_tokens"],
    ]);
  });

  test("streams from an answer that came whole", async () => {
    const upstream = await startUpstream((_request, reply) =>
      json(reply, {
        id: "c1",
        object: "chat.completion",
        created: 7,
        model: "o1-2024-12-17",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "Grüße 👋 ".repeat(30), refusal: null },
            finish_reason: "stop",
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
      }),
    );
    const server = await startWith({ o1: { upstreams: [azure(upstream)] } });
    const response = await server.post(dated("o1"), {
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(upstream.seen[0]?.body).toEqual({ messages: MESSAGES, stream: false });
    const events = response.text
      .split("\n\n")
      .filter(Boolean)
      .map((event) => event.slice(6));
    expect(events.at(-1)).toBe("[DONE]");
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(
      "Grüße 👋 ".repeat(30),
    );
    expect(chunks.at(-2).choices).toEqual([{ index: 0, delta: {}, finish_reason: "stop" }]);
    expect(chunks.at(-1)).toMatchObject({
      id: "c1",
      object: "chat.completion.chunk",
      choices: [],
      usage: { total_tokens: 3 },
    });
    expect(chunks[0].usage).toBeNull();
  });
});

describe("in strict mode", () => {
  test.each<[string, object, string, string]>([
    [
      "o1",
      { max_tokens: 5 },
      "unsupported_parameter",
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    [
      "chat",
      { max_tokens: 5, max_completion_tokens: 5 },
      "invalid_parameter_combination",
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    ],
    [
      "o3-mini",
      { temperature: 0.7 },
      "unsupported_parameter",
      "Unsupported parameter: 'temperature' is not supported with this model.",
    ],
    [
      "gpt-5",
      { temperature: 0.7 },
      "unsupported_value",
      "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
    ],
    [
      "o1-mini",
      { reasoning_effort: "low" },
      "unknown_parameter",
      "Unknown parameter: 'reasoning_effort'.",
    ],
    [
      "o1-preview",
      { messages: [{ role: "system", content: "x" }] },
      "unsupported_value",
      "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    ],
  ])("%s refuses %j as the service did", async (name, more, code, message) => {
    const upstream = await startUpstream((_request, reply) => json(reply, "{}"));
    const server = await startWith(
      { [name]: { upstreams: [azure(upstream)] } },
      { mode: "strict" },
    );
    const response = await server.post(dated(name), { messages: MESSAGES, ...more });
    expect([response.status, response.json.error.code, response.json.error.message]).toEqual([
      400,
      code,
      message,
    ]);
    expect(upstream.seen).toEqual([]);
  });

  test("an orphan tool message is refused", async () => {
    const upstream = await startUpstream((_request, reply) => json(reply, "{}"));
    const server = await startWith({ chat: { upstreams: [azure(upstream)] } }, { mode: "strict" });
    const messages = [...MESSAGES, { role: "tool", tool_call_id: "x", content: "y" }];
    const { status, json: body } = await server.post(dated("chat"), { messages });
    expect([status, body.error.param]).toEqual([400, "messages.[1].role"]);
  });

  test("what the model takes goes through unchanged", async () => {
    const upstream = await startUpstream((_request, reply) => json(reply, "{}"));
    const server = await startWith({ o1: { upstreams: [azure(upstream)] } }, { mode: "strict" });
    const body = `{"messages": ${JSON.stringify(MESSAGES)}, "max_completion_tokens":  5}`;
    expect((await server.post(dated("o1"), body)).status).toBe(200);
    expect(upstream.seen[0]?.text).toBe(body);
  });
});

describe("embeddings", () => {
  const vector = [0.5, -0.25];
  const base64 = Buffer.from(Float32Array.from(vector).buffer).toString("base64");
  const answering: RequestListener = (_request, reply) => json(reply, { data: [] });

  /** A server that embeds and always answers lists of numbers, as many do. */
  async function startEmbedder(): Promise<Upstream> {
    const upstream = await startUpstream(answering);
    upstream.listener = (_request, reply) => {
      const { input } = upstream.seen.at(-1)?.body ?? {};
      const count = Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
      const data = Array.from({ length: count }, (_, index) => ({
        object: "embedding",
        index,
        embedding: vector,
      }));
      json(reply, {
        object: "list",
        model: "ada",
        data,
        usage: { prompt_tokens: count, total_tokens: count },
      });
    };
    return upstream;
  }

  test("are base64 when that is asked for, whatever the upstream answers", async () => {
    const server = await startWith({ ada: { upstreams: [openai(await startEmbedder())] } });
    const { json: body } = await server.post("/openai/v1/embeddings", {
      model: "ada",
      input: "x",
      encoding_format: "base64",
    });
    expect(body.data).toEqual([{ object: "embedding", index: 0, embedding: base64 }]);
  });

  test("of many texts are asked for in calls the upstream takes", async () => {
    const upstream = await startEmbedder();
    const server = await startWith({ ada: { upstreams: [openai(upstream, { max_inputs: 2 })] } });
    const { json: body } = await server.post("/openai/v1/embeddings", {
      model: "ada",
      input: ["a", "b", "c"],
    });
    expect(upstream.seen.map((call) => call.body.input)).toEqual([["a", "b"], ["c"]]);
    expect(body.data.map((entry: { index: number }) => entry.index)).toEqual([0, 1, 2]);
    expect(body.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
  });

  test("of a list of tokens are those of one text", async () => {
    const upstream = await startEmbedder();
    const server = await startWith({ ada: { upstreams: [openai(upstream, { max_inputs: 2 })] } });
    const { json: body } = await server.post("/openai/v1/embeddings", {
      model: "ada",
      input: [1, 2, 3],
    });
    expect(upstream.seen[0]?.body.input).toEqual([1, 2, 3]);
    expect(body.data).toHaveLength(1);
  });

  test.each([[[]], [""], [{}], [["a", 1]], [[""]], [null]])("of %j are refused", async (input) => {
    const server = await startWith({ ada: { upstreams: [openai(await startEmbedder())] } });
    const { status, json: body } = await server.post("/openai/v1/embeddings", {
      model: "ada",
      input,
    });
    expect([status, body.error.param]).toEqual([400, expect.stringMatching(/^input/)]);
  });

  test("of a server that answers something else are an error that says so", async () => {
    const upstream = await startUpstream(answering);
    const server = await startWith({ ada: { upstreams: [openai(upstream)] } });
    const { status, text } = await server.post("/openai/v1/embeddings", {
      model: "ada",
      input: "x",
    });
    expect(status).toBe(502);
    expect(text).toContain("Is it an embedding model?");
  });

  test("of more texts than the service took are refused in strict mode", async () => {
    const server = await startWith(
      { ada: { upstreams: [openai(await startEmbedder())] } },
      { mode: "strict" },
    );
    const input = Array.from({ length: 2049 }, () => "x");
    const { json: body } = await server.post("/openai/v1/embeddings", { model: "ada", input });
    expect(body.error.code).toBe("array_above_max_length");
  });

  test("without a model are refused in so many words", async () => {
    const server = await startWith({ small: {} });
    const response = await server.post("/openai/v1/embeddings", { model: "small", input: "x" });
    expect([response.status, response.text]).toEqual([
      400,
      expect.stringContaining("No embedding model is configured for 'small'."),
    ]);
  });
});
