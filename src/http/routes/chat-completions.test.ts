import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Question } from "../../answer/question.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import type { AnswerEvent } from "../../protocol/events.ts";
import { answerWith, startTestApp } from "../../testing/http-services.ts";
import type { TestApp } from "../../testing/http-services.ts";

const DATED = "/openai/deployments/my-o1/chat/completions?api-version=2024-12-01-preview";
const MESSAGES = [{ role: "user", content: "How many days of leave?" }];
const CITATION = {
  content: "20 days.",
  title: "Leave",
  url: null,
  filepath: "leave.pdf",
  chunk_id: "0",
};
const GROUNDED: AnswerEvent[] = [
  { type: "search-queries", queries: ["leave"] },
  { type: "citations", citations: [CITATION], retrieved: [] },
  { type: "text-delta", text: "20 days [doc1]." },
  { type: "usage", usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
  { type: "finish", reason: "stop", model: "groundwire-extractive" },
];

interface Asked {
  question: Question;
  signal: AbortSignal;
}

/** A server whose answers are scripted; `asked` fills with what reached the answerer. */
async function answering(
  answer: (asked: Asked) => AsyncGenerator<AnswerEvent>,
): Promise<TestApp & { asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = await startTestApp(
    {},
    {
      answerer: {
        answer(question, signal) {
          asked.push({ question, signal });
          return answer({ question, signal });
        },
      },
    },
  );
  return Object.assign(server, { asked });
}

function post(server: TestApp, path: string, body: unknown): Promise<Response> {
  return fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function newStore(server: TestApp): Promise<string> {
  const response = await post(server, "/openai/v1/vector_stores", {});
  return ((await response.json()) as { id: string }).id;
}

/** The guide's request, as it stands there. */
function guideRequest(storeId: string): Record<string, unknown> {
  return {
    messages: [{ role: "developer", content: "Use the file_search tool." }, ...MESSAGES],
    data_sources: [{ type: "file_search", parameters: { vector_store_id: storeId } }],
    tool_resources: { file_search: { vector_store_ids: [storeId] } },
    tools: [{ type: "file_search" }],
    max_tokens: 800,
    temperature: 0.7,
    reasoning_effort: "medium",
    max_completion_tokens: 500,
  };
}

describe("a request with data sources", () => {
  test("is answered as On Your Data answers, from one search of the store", async () => {
    await using server = await answering(() => answerWith(GROUNDED));
    const storeId = await newStore(server);
    const response = await post(server, DATED, guideRequest(storeId));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      object: "extensions.chat.completion",
      choices: [
        {
          finish_reason: "stop",
          message: {
            content: "20 days [doc1].",
            context: { citations: [CITATION], intent: '["leave"]' },
          },
        },
      ],
    });
    expect(server.asked[0]?.question).toMatchObject({
      tenant: "default",
      sources: [{ source: { vectorStoreIds: [storeId] } }],
    });
  });

  test("is streamed to a client that slices lines as the guide does", async () => {
    await using server = await answering(() => answerWith(GROUNDED));
    const response = await post(server, DATED, {
      ...guideRequest(await newStore(server)),
      stream: true,
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    const lines = (await response.text()).split("\n").filter((line) => line.startsWith("data:"));
    const chunks = lines.map((line) => line.slice(6)).filter((data) => data !== "[DONE]");
    const printed = chunks.flatMap((chunk) =>
      JSON.parse(chunk).choices.map((choice: any) =>
        "content" in choice.delta ? choice.delta.content : "",
      ),
    );
    expect(printed.join("")).toBe("20 days [doc1].");
    expect(lines.at(-1)).toBe("data: [DONE]");
  });

  test("waits for files that were just attached to the stores it names", async () => {
    const waitedFor: string[][] = [];
    await using server = await startTestApp(
      {},
      { ingest: { wake: () => {}, waitForPending: async (ids) => void waitedFor.push(ids) } },
    );
    const storeId = await newStore(server);
    await post(server, DATED, guideRequest(storeId));
    expect(waitedFor).toEqual([[storeId]]);
  });

  test("has its tolerances reported in a header and nowhere else", async () => {
    await using server = await answering(() => answerWith(GROUNDED));
    const parameters = { vectorStoreId: await newStore(server), query_type: "simple" };
    const response = await post(server, DATED, {
      messages: MESSAGES,
      data_sources: [{ type: "file_search", parameters }],
    });
    expect(response.headers.get("x-groundwire-warnings")).toBe(
      "'vectorStoreId' read as 'vector_store_id'; 'query_type' ignored for file_search",
    );
    expect(await response.text()).not.toContain("query_type");
  });

  test.each([
    [
      { data_sources: [{ type: "azure_search", parameters: {} }] },
      "azure_search/parameters/index_name: Field required",
    ],
    [{ data_sources: "x" }, "Validation error at #/data_sources: Input should be a valid list"],
    [
      { data_sources: [{ type: "file_search", parameters: {} }] },
      "vector_store_id: Field required",
    ],
    [{ messages: undefined, data_sources: [{}] }, "Validation error at #/messages: Field required"],
  ])("%j is refused in the envelope of On Your Data", async (fields, message) => {
    await using server = await answering(() => answerWith([]));
    const response = await post(server, DATED, { messages: MESSAGES, ...fields });
    const { error } = (await response.json()) as any;
    expect([response.status, Object.keys(error)]).toEqual([400, ["requestid", "code", "message"]]);
    expect([error.requestid, error.code]).toEqual([response.headers.get("apim-request-id"), 400]);
    expect(error.message).toContain(message);
  });

  test("that names an unknown store is refused in the envelope of On Your Data", async () => {
    await using server = await answering(() => answerWith([]));
    const response = await post(server, DATED, guideRequest("vs_unknown"));
    expect(response.status).toBe(404);
    expect(await response.text()).toContain(
      '"code": 404, "message": "No vector store found with id \'vs_unknown\'."}}',
    );
  });
});

describe("a request with a hosted tool only", () => {
  test("is answered as plain chat, with the context its markers need", async () => {
    await using server = await answering(() => answerWith(GROUNDED));
    const response = await post(server, "/openai/v1/chat/completions", {
      model: "any",
      messages: MESSAGES,
      tools: [{ type: "file_search" }],
      tool_resources: { file_search: { vector_store_ids: [await newStore(server)] } },
    });
    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-[A-Za-z0-9]{29}$/),
      object: "chat.completion",
      choices: [{ message: { context: { citations: [CITATION] } } }],
    });
  });
});

describe("what goes wrong", () => {
  async function* failingAfter(events: AnswerEvent[], error: Error): AsyncGenerator<AnswerEvent> {
    yield* events;
    throw error;
  }
  const timeout = new GroundwireError("upstream_timeout", "The model took too long.");

  test("before the first word is answered with a status, streaming or not", async () => {
    await using server = await answering(() => failingAfter(GROUNDED.slice(0, 1), timeout));
    const storeId = await newStore(server);
    for (const stream of [false, true]) {
      const response = await post(server, DATED, { ...guideRequest(storeId), stream });
      expect(response.status).toBe(504);
      expect(response.headers.get("content-type")).toBe("application/json; charset=UTF-8");
      expect(await response.text()).toContain(
        '"code": 504, "message": "The model took too long."}}',
      );
    }
  });

  test("in the middle of a stream is its last event", async () => {
    await using server = await answering(() => failingAfter(GROUNDED.slice(0, 3), timeout));
    const response = await post(server, DATED, {
      ...guideRequest(await newStore(server)),
      stream: true,
    });
    const events = (await response.text()).trim().split("\n\n");
    expect(events).toHaveLength(3);
    expect(events.at(-1)).toMatch(
      /^data: \{"error": \{"requestid": ".{36}", "code": 504, "message": "The model took too long\."\}\}$/,
    );
  });

  test("unexpectedly is answered without its text", async () => {
    await using server = await answering(() => failingAfter([], new Error("secret path /srv")));
    const response = await post(server, "/openai/v1/chat/completions", {
      model: "m",
      messages: MESSAGES,
    });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });

  test.each([
    ["/openai/v1/chat/completions", { messages: MESSAGES }, "Missing required parameter: 'model'."],
    ["/openai/v1/chat/completions", { model: "m" }, "Missing required parameter: 'messages'."],
    ["/openai/v1/chat/completions", [], "Invalid request body"],
    [DATED, { messages: [] }, "List should have at least 1 items"],
    [DATED, { messages: MESSAGES, tools: [{ type: "file_search" }] }, "names no vector store"],
    [DATED, "{", "not valid JSON"],
    [DATED, undefined, "Invalid request body"],
  ])("%s with %j is refused: %s", async (path, body, message) => {
    await using server = await answering(() => answerWith([]));
    const response = await post(server, path, body ?? "");
    const { error } = (await response.json()) as any;
    expect([response.status, error.type]).toEqual([400, "invalid_request_error"]);
    expect(error.message).toContain(message);
  });
});

describe("who goes away", () => {
  /** Says one thing and then waits until it is told to stop. */
  async function* endless({ signal }: Asked): AsyncGenerator<AnswerEvent> {
    yield { type: "text-delta", text: "one" };
    await once(signal, "abort");
    signal.throwIfAborted();
  }

  test("a client that leaves its stream ends the answer", async () => {
    await using server = await answering(endless);
    const client = new AbortController();
    const response = await fetch(server.url + DATED, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages: MESSAGES, stream: true }),
      signal: client.signal,
    });
    await response.body?.getReader().read();
    const signal = server.asked[0]?.signal ?? AbortSignal.abort();
    const aborted = once(signal, "abort");
    client.abort();
    await aborted;
    expect(signal.reason).toMatchObject({ message: "the client closed the connection" });
  });

  test("a server that closes lets a stream finish", async () => {
    const { promise: mayFinish, resolve: finish } = Promise.withResolvers<void>();
    const server = await answering(async function* () {
      yield { type: "text-delta", text: "one" };
      await mayFinish;
      yield { type: "text-delta", text: "two" };
    });
    const response = await post(server, DATED, { messages: MESSAGES, stream: true });
    const closed = server[Symbol.asyncDispose]();
    const refused = await post(server, DATED, { messages: MESSAGES }).catch(() => null);
    if (refused !== null) expect(refused.status).toBe(503);
    finish();
    const text = await response.text();
    expect(text).toContain("two");
    expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
    await closed;
  });
});
